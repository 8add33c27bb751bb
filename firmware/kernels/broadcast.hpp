#pragma once

#include <cstddef>

namespace kernels {

/// Two inputs met element by element, one spread over the other where it has one element: nested
/// loops, outermost first, over the output. Steps are in elements; the output is dense.
struct Broadcast {
    static constexpr int max_rank = 6;
    int rank; ///< at least 1
    int count[max_rank];
    int first[max_rank];
    int second[max_rank];
};

/// Of two shapes, innermost dimension last; false when they do not meet in `rank` dimensions. As
/// few loops as it takes.
bool make_broadcast(const int* first, int first_rank, const int* second, int second_rank,
                    Broadcast& result);

/// Calls row(first, first_step, second, second_step, output, count) for each row of the innermost
/// loop.
template <class T, class U, class Row>
void for_each_row(const Broadcast& b, const T* first, const T* second, U* output, Row row) {
    const int last = b.rank - 1;
    int turn[Broadcast::max_rank] = {};
    for (;;) {
        row(first, b.first[last], second, b.second[last], output, b.count[last]);
        output += b.count[last];
        int i = last - 1;
        for (; i >= 0; --i) {
            first += b.first[i];
            second += b.second[i];
            if (++turn[i] < b.count[i])
                break;
            turn[i] = 0;
            first -= b.count[i] * b.first[i];
            second -= b.count[i] * b.second[i];
        }
        if (i < 0)
            return;
    }
}

} // namespace kernels
