#include "can_filters.hpp"

namespace tinysim::can {
namespace {

constexpr u32 compared = 0xFFFFFFFE; ///< bit 0 of the identifier register is no part of it

/// STID, RTR, IDE and the top of EXID, as filters of 16 bits see them.
u32 narrow(u32 identifier) {
    const bool extended = (identifier & 4) != 0;
    return (identifier >> 16 & 0xFFE0) | (identifier & 2) << 3 | (identifier & 4) << 1 |
           (extended ? identifier >> 18 & 7 : 0);
}

struct Bank {
    bool list, wide;
    const std::array<u32, 2>& words;

    u32 count() const { return (wide ? 1u : 2u) << (list ? 1 : 0); }
    u32 half(u32 i) const { return words[i / 2] >> 16 * (i & 1) & 0xFFFF; }
    bool passes(u32 filter, u32 identifier) const {
        if (wide && list)
            return ((words[filter] ^ identifier) & compared) == 0;
        if (wide)
            return ((words[0] ^ identifier) & words[1] & compared) == 0;
        if (list)
            return half(filter) == narrow(identifier);
        return ((half(2 * filter) ^ narrow(identifier)) & half(2 * filter + 1)) == 0;
    }
};

} // namespace

std::optional<Filters::Match> Filters::find(u32 identifier) const {
    std::optional<Match> best;
    u32 best_rank = 0;
    u32 index[fifos] = {};
    for (u32 i = 0; i < filters; ++i) {
        const Bank bank{(list >> i & 1) != 0, (wide >> i & 1) != 0, banks[i]};
        const u32 fifo = second_fifo >> i & 1;
        const u32 rank = 1 + (bank.wide ? 2 : 0) + (bank.list ? 1 : 0);
        for (u32 filter = 0; filter < bank.count(); ++filter, ++index[fifo])
            if ((active >> i & 1) != 0 && rank > best_rank && bank.passes(filter, identifier)) {
                best = Match{fifo, index[fifo]};
                best_rank = rank;
            }
    }
    return best;
}

} // namespace tinysim::can
