#include "kernels/moves.hpp"

#include "kernels/dsp.hpp"

namespace kernels {
namespace {

template <class T>
void copy_row(const std::uint8_t* from, int from_step, std::uint8_t* to, int to_step, int count) {
    for (; count > 0; --count, from += from_step, to += to_step) {
        T value;
        std::memcpy(&value, from, sizeof value);
        std::memcpy(to, &value, sizeof value);
    }
}

/// The C library's is quick for long rows only.
void copy_bytes(const std::uint8_t* from, std::uint8_t* to, int count) {
    constexpr int is_long = 64;
    if (count >= is_long) {
        std::memcpy(to, from, static_cast<std::size_t>(count));
        return;
    }
    for (; count >= 8; count -= 8, from += 8, to += 8) {
        const std::uint32_t first = load_word(from);
        const std::uint32_t second = load_word(from + 4);
        std::memcpy(to, &first, sizeof first);
        std::memcpy(to + 4, &second, sizeof second);
    }
    for (; count > 0; --count)
        *to++ = *from++;
}

using Row = void (*)(const std::uint8_t*, int, std::uint8_t*, int, int);

Row row_of(int width) {
    switch (width) {
    case 1:
        return copy_row<std::uint8_t>;
    case 2:
        return copy_row<std::uint16_t>;
    case 4:
        return copy_row<std::uint32_t>;
    default:
        return copy_row<std::uint64_t>;
    }
}

} // namespace

Walk simplified(const Walk& walk) {
    Walk result{};
    for (int i = 0; i < walk.rank; ++i) {
        if (walk.count[i] == 1)
            continue;
        const int last = result.rank - 1;
        if (last >= 0 && result.from[last] == walk.count[i] * walk.from[i] &&
            result.to[last] == walk.count[i] * walk.to[i]) {
            result.count[last] *= walk.count[i];
            result.from[last] = walk.from[i];
            result.to[last] = walk.to[i];
            continue;
        }
        result.count[result.rank] = walk.count[i];
        result.from[result.rank] = walk.from[i];
        result.to[result.rank] = walk.to[i];
        ++result.rank;
    }
    return result;
}

void move(const Walk& walk, int width, const void* source, void* target) {
    const auto* from = static_cast<const std::uint8_t*>(source);
    auto* to = static_cast<std::uint8_t*>(target);
    const int last = walk.rank - 1;
    const int count = walk.rank == 0 ? 1 : walk.count[last];
    const int from_step = walk.rank == 0 ? width : walk.from[last];
    const int to_step = walk.rank == 0 ? width : walk.to[last];
    const bool dense = from_step == width && to_step == width;
    const Row copy = row_of(width);
    // The loop around the rows is on its own, as most walks have no other.
    const int rows = walk.rank < 2 ? 1 : walk.count[last - 1];
    const int from_row = walk.rank < 2 ? 0 : walk.from[last - 1];
    const int to_row = walk.rank < 2 ? 0 : walk.to[last - 1];
    int turn[Walk::max_rank] = {};
    for (;;) {
        const std::uint8_t* row = from;
        std::uint8_t* into = to;
        for (int i = 0; i < rows; ++i, row += from_row, into += to_row) {
            if (dense)
                copy_bytes(row, into, count * width);
            else
                copy(row, from_step, into, to_step, count);
        }
        int i = last - 2;
        for (; i >= 0; --i) {
            from += walk.from[i];
            to += walk.to[i];
            if (++turn[i] < walk.count[i])
                break;
            turn[i] = 0;
            from -= walk.count[i] * walk.from[i];
            to -= walk.count[i] * walk.to[i];
        }
        if (i < 0)
            return;
    }
}

void fill(const void* value, int width, void* target, std::size_t count) {
    auto* to = static_cast<std::uint8_t*>(target);
    if (width == 1) {
        std::memset(to, *static_cast<const std::uint8_t*>(value), count);
        return;
    }
    for (; count > 0; --count, to += width)
        std::memcpy(to, value, static_cast<std::size_t>(width));
}

} // namespace kernels
