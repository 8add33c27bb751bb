#include "timing.hpp"

namespace tinysim {
namespace {

constexpr Cycles whole_switch = 12; ///< with a frame of `basic_words`
constexpr Cycles chained = 6;
constexpr u32 basic_words = 8;

} // namespace

Cycles Timing::switch_context(const ContextSwitch& change, Cycles now) {
    if (change.kind == ContextSwitch::Kind::chain)
        return now + chained;
    return now + whole_switch + change.words - basic_words;
}

} // namespace tinysim
