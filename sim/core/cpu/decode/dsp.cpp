#include "encoding.hpp"

namespace tinysim {
namespace {

template <Parallel operation, Lanes lanes> void parallel(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.run(parallel_handler(operation, lanes));
}

void select(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.run(select_handler());
}

template <bool subtract, bool doubled> void saturating_sum(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.run(saturating_handler(subtract, doubled));
}

/// sat_imm of a signed saturation is one less than its bits.
template <bool is_signed> u32 saturated_bits(const Fields& f) {
    return f['j'] + (is_signed ? 1 : 0);
}

template <bool is_signed> void saturate(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.op.imm = saturated_bits<is_signed>(f);
    out.op.aux = f['s'] << 5 | f['i'];
    out.run(saturate_handler(is_signed));
}

template <bool is_signed> void saturate16(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.op.imm = saturated_bits<is_signed>(f);
    out.run(saturate16_handler(is_signed));
}

// j: sat_imm, s: sh
// clang-format off
constexpr Encoding encodings[] = {
    {"QADD",    "T1", "111110101000nnnn 1111dddd1000mmmm",       saturating_sum<false, false>},
    {"QADD16",  "T1", "111110101001nnnn 1111dddd0001mmmm",       parallel<Parallel::add16, Lanes::q>},
    {"QADD8",   "T1", "111110101000nnnn 1111dddd0001mmmm",       parallel<Parallel::add8, Lanes::q>},
    {"QASX",    "T1", "111110101010nnnn 1111dddd0001mmmm",       parallel<Parallel::asx, Lanes::q>},
    {"QDADD",   "T1", "111110101000nnnn 1111dddd1001mmmm",       saturating_sum<false, true>},
    {"QDSUB",   "T1", "111110101000nnnn 1111dddd1011mmmm",       saturating_sum<true, true>},
    {"QSAX",    "T1", "111110101110nnnn 1111dddd0001mmmm",       parallel<Parallel::sax, Lanes::q>},
    {"QSUB",    "T1", "111110101000nnnn 1111dddd1010mmmm",       saturating_sum<true, false>},
    {"QSUB16",  "T1", "111110101101nnnn 1111dddd0001mmmm",       parallel<Parallel::sub16, Lanes::q>},
    {"QSUB8",   "T1", "111110101100nnnn 1111dddd0001mmmm",       parallel<Parallel::sub8, Lanes::q>},
    {"SADD16",  "T1", "111110101001nnnn 1111dddd0000mmmm",       parallel<Parallel::add16, Lanes::s>},
    {"SADD8",   "T1", "111110101000nnnn 1111dddd0000mmmm",       parallel<Parallel::add8, Lanes::s>},
    {"SASX",    "T1", "111110101010nnnn 1111dddd0000mmmm",       parallel<Parallel::asx, Lanes::s>},
    {"SEL",     "T1", "111110101010nnnn 1111dddd1000mmmm",       select},
    {"SHADD16", "T1", "111110101001nnnn 1111dddd0010mmmm",       parallel<Parallel::add16, Lanes::sh>},
    {"SHADD8",  "T1", "111110101000nnnn 1111dddd0010mmmm",       parallel<Parallel::add8, Lanes::sh>},
    {"SHASX",   "T1", "111110101010nnnn 1111dddd0010mmmm",       parallel<Parallel::asx, Lanes::sh>},
    {"SHSAX",   "T1", "111110101110nnnn 1111dddd0010mmmm",       parallel<Parallel::sax, Lanes::sh>},
    {"SHSUB16", "T1", "111110101101nnnn 1111dddd0010mmmm",       parallel<Parallel::sub16, Lanes::sh>},
    {"SHSUB8",  "T1", "111110101100nnnn 1111dddd0010mmmm",       parallel<Parallel::sub8, Lanes::sh>},
    {"SSAT",    "T1", "11110(0)1100s0nnnn 0iiiddddii(0)jjjjj",   saturate<true>},
    {"SSAT16",  "T1", "11110(0)110010nnnn 0000dddd00(0)(0)jjjj", saturate16<true>},
    {"SSAX",    "T1", "111110101110nnnn 1111dddd0000mmmm",       parallel<Parallel::sax, Lanes::s>},
    {"SSUB16",  "T1", "111110101101nnnn 1111dddd0000mmmm",       parallel<Parallel::sub16, Lanes::s>},
    {"SSUB8",   "T1", "111110101100nnnn 1111dddd0000mmmm",       parallel<Parallel::sub8, Lanes::s>},
    {"UADD16",  "T1", "111110101001nnnn 1111dddd0100mmmm",       parallel<Parallel::add16, Lanes::u>},
    {"UADD8",   "T1", "111110101000nnnn 1111dddd0100mmmm",       parallel<Parallel::add8, Lanes::u>},
    {"UASX",    "T1", "111110101010nnnn 1111dddd0100mmmm",       parallel<Parallel::asx, Lanes::u>},
    {"UHADD16", "T1", "111110101001nnnn 1111dddd0110mmmm",       parallel<Parallel::add16, Lanes::uh>},
    {"UHADD8",  "T1", "111110101000nnnn 1111dddd0110mmmm",       parallel<Parallel::add8, Lanes::uh>},
    {"UHASX",   "T1", "111110101010nnnn 1111dddd0110mmmm",       parallel<Parallel::asx, Lanes::uh>},
    {"UHSAX",   "T1", "111110101110nnnn 1111dddd0110mmmm",       parallel<Parallel::sax, Lanes::uh>},
    {"UHSUB16", "T1", "111110101101nnnn 1111dddd0110mmmm",       parallel<Parallel::sub16, Lanes::uh>},
    {"UHSUB8",  "T1", "111110101100nnnn 1111dddd0110mmmm",       parallel<Parallel::sub8, Lanes::uh>},
    {"UQADD16", "T1", "111110101001nnnn 1111dddd0101mmmm",       parallel<Parallel::add16, Lanes::uq>},
    {"UQADD8",  "T1", "111110101000nnnn 1111dddd0101mmmm",       parallel<Parallel::add8, Lanes::uq>},
    {"UQASX",   "T1", "111110101010nnnn 1111dddd0101mmmm",       parallel<Parallel::asx, Lanes::uq>},
    {"UQSAX",   "T1", "111110101110nnnn 1111dddd0101mmmm",       parallel<Parallel::sax, Lanes::uq>},
    {"UQSUB16", "T1", "111110101101nnnn 1111dddd0101mmmm",       parallel<Parallel::sub16, Lanes::uq>},
    {"UQSUB8",  "T1", "111110101100nnnn 1111dddd0101mmmm",       parallel<Parallel::sub8, Lanes::uq>},
    {"USAT",    "T1", "11110(0)1110s0nnnn 0iiiddddii(0)jjjjj",   saturate<false>},
    {"USAT16",  "T1", "11110(0)111010nnnn 0000dddd00(0)(0)jjjj", saturate16<false>},
    {"USAX",    "T1", "111110101110nnnn 1111dddd0100mmmm",       parallel<Parallel::sax, Lanes::u>},
    {"USUB16",  "T1", "111110101101nnnn 1111dddd0100mmmm",       parallel<Parallel::sub16, Lanes::u>},
    {"USUB8",   "T1", "111110101100nnnn 1111dddd0100mmmm",       parallel<Parallel::sub8, Lanes::u>},
};
// clang-format on

} // namespace

Family dsp() { return {"DSP", encodings}; }

} // namespace tinysim
