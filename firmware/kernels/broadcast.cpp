#include "kernels/broadcast.hpp"

namespace kernels {

bool make_broadcast(const int* first, int first_rank, const int* second, int second_rank,
                    Broadcast& result) {
    const int rank = first_rank > second_rank ? first_rank : second_rank;
    int reversed_count[Broadcast::max_rank];
    int reversed_first[Broadcast::max_rank];
    int reversed_second[Broadcast::max_rank];
    int used = 0;
    int first_step = 1;
    int second_step = 1;
    for (int i = 1; i <= rank; ++i) {
        const int a = i <= first_rank ? first[first_rank - i] : 1;
        const int b = i <= second_rank ? second[second_rank - i] : 1;
        if (a != b && a != 1 && b != 1)
            return false;
        const int count = a > b ? a : b;
        if (count == 1)
            continue;
        const int first_here = a == 1 ? 0 : first_step;
        const int second_here = b == 1 ? 0 : second_step;
        first_step *= a;
        second_step *= b;
        // Goes on where the loop within would.
        const int within = used - 1;
        if (used > 0 && first_here == reversed_count[within] * reversed_first[within] &&
            second_here == reversed_count[within] * reversed_second[within]) {
            reversed_count[within] *= count;
            continue;
        }
        if (used == Broadcast::max_rank)
            return false;
        reversed_count[used] = count;
        reversed_first[used] = first_here;
        reversed_second[used] = second_here;
        ++used;
    }
    result = {};
    result.rank = used == 0 ? 1 : used;
    result.count[0] = 1;
    for (int i = 0; i < used; ++i) {
        result.count[i] = reversed_count[used - 1 - i];
        result.first[i] = reversed_first[used - 1 - i];
        result.second[i] = reversed_second[used - 1 - i];
    }
    return true;
}

} // namespace kernels
