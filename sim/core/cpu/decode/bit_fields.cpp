#include "encoding.hpp"

namespace tinysim {
namespace {

u32 ones(unsigned count) { return static_cast<u32>((u64{1} << count) - 1); }

/// The mask of BFI and BFC; false where it would end below its beginning: UNPREDICTABLE.
bool insert_between(Decoded& out, const Fields& f) {
    const u32 lsb = f['i'];
    const u32 msb = f['b'];
    if (msb < lsb)
        return false;
    out.rd(f['d']);
    out.source(f['d']);
    out.op.aux = lsb;
    out.op.imm = ones(msb - lsb + 1) << lsb;
    return true;
}

void clear(Decoded& out, const Fields& f) {
    insert_between(out, f) ? out.run(bfc_handler()) : out.undefined();
}

void insert(Decoded& out, const Fields& f) {
    if (!insert_between(out, f))
        return out.undefined();
    out.rn(f['n']);
    out.run(bfi_handler());
}

template <bool is_signed> void extract(Decoded& out, const Fields& f) {
    const u32 lsb = f['i'];
    const u32 last = f['w'];
    if (lsb + last > 31)
        return out.undefined();
    out.rd(f['d']);
    out.rn(f['n']);
    out.op.aux = is_signed ? 31 - last - lsb : lsb;
    out.op.imm = is_signed ? 31 - last : ones(last + 1);
    out.run(is_signed ? sbfx_handler() : ubfx_handler());
}

template <Extend kind> void extend_low(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.run(extend_handler(kind, false));
}

template <Extend kind> void extend(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.op.aux = 8 * f['R'];
    out.run(extend_handler(kind, false));
}

template <Extend kind> void extend_and_add(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.op.aux = 8 * f['R'];
    out.run(extend_handler(kind, true));
}

template <Reverse kind> void reverse_low(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.run(reverse_handler(kind));
}

template <Reverse kind> void reverse(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m'] & 15); // stands there twice
    out.run(reverse_handler(kind));
}

void pack(Decoded& out, const Fields& f) {
    const bool top = f['t'] != 0;
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.op.aux = top && f['i'] == 0 ? 31 : f['i']; // ASR #32 gives what ASR #31 gives
    out.run(pack_handler(top));
}

// b: msb, w: widthm1, R: rotate, t: tb
// clang-format off
constexpr Encoding encodings[] = {
    {"BFC",          "T1", "11110(0)1101101111 0iiiddddii(0)bbbbb", clear},
    {"BFI",          "T1", "11110(0)110110nnnn 0iiiddddii(0)bbbbb", insert},
    {"CLZ",          "T1", "111110101011mmmm 1111dddd1000mmmm",     reverse<Reverse::clz>},
    {"PKHBT, PKHTB", "T1", "111010101100nnnn (0)iiiddddiit0mmmm",   pack},
    {"RBIT",         "T1", "111110101001mmmm 1111dddd1010mmmm",     reverse<Reverse::rbit>},
    {"REV",          "T1", "1011101000mmmddd",                      reverse_low<Reverse::rev>},
    {"REV",          "T2", "111110101001mmmm 1111dddd1000mmmm",     reverse<Reverse::rev>},
    {"REV16",        "T1", "1011101001mmmddd",                      reverse_low<Reverse::rev16>},
    {"REV16",        "T2", "111110101001mmmm 1111dddd1001mmmm",     reverse<Reverse::rev16>},
    {"REVSH",        "T1", "1011101011mmmddd",                      reverse_low<Reverse::revsh>},
    {"REVSH",        "T2", "111110101001mmmm 1111dddd1011mmmm",     reverse<Reverse::revsh>},
    {"SBFX",         "T1", "11110(0)110100nnnn 0iiiddddii(0)wwwww", extract<true>},
    {"SXTAB",        "T1", "111110100100nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::sxtb>},
    {"SXTAB16",      "T1", "111110100010nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::sxtb16>},
    {"SXTAH",        "T1", "111110100000nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::sxth>},
    {"SXTB",         "T1", "1011001001mmmddd",                      extend_low<Extend::sxtb>},
    {"SXTB",         "T2", "1111101001001111 1111dddd1(0)RRmmmm",   extend<Extend::sxtb>},
    {"SXTB16",       "T1", "1111101000101111 1111dddd1(0)RRmmmm",   extend<Extend::sxtb16>},
    {"SXTH",         "T1", "1011001000mmmddd",                      extend_low<Extend::sxth>},
    {"SXTH",         "T2", "1111101000001111 1111dddd1(0)RRmmmm",   extend<Extend::sxth>},
    {"UBFX",         "T1", "11110(0)111100nnnn 0iiiddddii(0)wwwww", extract<false>},
    {"UXTAB",        "T1", "111110100101nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::uxtb>},
    {"UXTAB16",      "T1", "111110100011nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::uxtb16>},
    {"UXTAH",        "T1", "111110100001nnnn 1111dddd1(0)RRmmmm",   extend_and_add<Extend::uxth>},
    {"UXTB",         "T1", "1011001011mmmddd",                      extend_low<Extend::uxtb>},
    {"UXTB",         "T2", "1111101001011111 1111dddd1(0)RRmmmm",   extend<Extend::uxtb>},
    {"UXTB16",       "T1", "1111101000111111 1111dddd1(0)RRmmmm",   extend<Extend::uxtb16>},
    {"UXTH",         "T1", "1011001010mmmddd",                      extend_low<Extend::uxth>},
    {"UXTH",         "T2", "1111101000011111 1111dddd1(0)RRmmmm",   extend<Extend::uxth>},
};
// clang-format on

} // namespace

Family bit_fields() { return {"bit fields", encodings}; }

} // namespace tinysim
