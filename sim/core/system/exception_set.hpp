#pragma once

#include "../types.hpp"

#include <array>

namespace tinysim {

/// Some of the exceptions, by their numbers. Most of the time it holds none or one, and
/// to see which is quick.
class ExceptionSet {
public:
    static constexpr unsigned room = 128;
    bool operator[](unsigned number) const { return (words_[number / 64] & mask(number)) != 0; }
    void set(unsigned number, bool in = true) {
        u64& word = words_[number / 64];
        word = in ? word | mask(number) : word & ~mask(number);
    }
    bool is_empty() const { return (words_[0] | words_[1]) == 0; }
    unsigned size() const {
        return static_cast<unsigned>(__builtin_popcountll(words_[0]) +
                                     __builtin_popcountll(words_[1]));
    }
    /// Calls `visit` with each number, in order.
    template <class Visit> void each(Visit visit) const {
        for (unsigned first = 0; first < room; first += 64)
            for (u64 left = words_[first / 64]; left != 0; left &= left - 1)
                visit(first + static_cast<unsigned>(__builtin_ctzll(left)));
    }

private:
    static constexpr u64 mask(unsigned number) { return u64{1} << (number & 63); }

    std::array<u64, room / 64> words_{};
};

} // namespace tinysim
