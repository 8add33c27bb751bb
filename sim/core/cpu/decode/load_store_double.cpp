#include "encoding.hpp"

namespace tinysim {
namespace {

/// P, U and W of an offset in words.
Address at_index(Decoded& out, const Fields& f, unsigned n) {
    const u32 offset = 4 * f['i'];
    out.base(n);
    out.op.imm = f['U'] != 0 ? offset : 0 - offset;
    if (f['W'] == 0)
        return Address::offset;
    out.written_base(n);
    return f['P'] != 0 ? Address::pre : Address::post;
}

void load_pair(Decoded& out, const Fields& f, unsigned n) {
    if (f['P'] == 0 && f['W'] == 0)
        return out.see_another(); // LDREX and its like
    const Address address = at_index(out, f, n);
    out.op.rd = static_cast<u8>(f['t']);
    out.op.ra = static_cast<u8>(f['u']);
    out.destination(f['t']);
    out.destination(f['u']);
    out.memory(Kind::load_double, 4, 2);
    if (n != 15)
        return out.run(load_double_handler(address));
    out.reads_pc = false;
    out.op.imm += out.aligned_pc();
    out.run(load_double_handler(Address::literal));
}

void load_double(Decoded& out, const Fields& f) { load_pair(out, f, f['n']); }

void load_double_literal(Decoded& out, const Fields& f) { load_pair(out, f, 15); }

void store_double(Decoded& out, const Fields& f) {
    if (f['P'] == 0 && f['W'] == 0)
        return out.see_another(); // STREX and its like
    const Address address = at_index(out, f, f['n']);
    out.op.rd = static_cast<u8>(f['t']);
    out.op.ra = static_cast<u8>(f['u']);
    out.source(f['t']);
    out.source(f['u']);
    out.memory(Kind::store_double, 4, 2);
    out.run(store_double_handler(address));
}

void load_exclusive_from(Decoded& out, const Fields& f, Width width, unsigned bytes, u32 offset) {
    out.base(f['n']);
    out.op.imm = offset;
    out.rd(f['t']);
    out.memory(Kind::load, bytes);
    out.impure = true;
    out.run(load_exclusive_handler(width));
}

void store_exclusive_to(Decoded& out, const Fields& f, Width width, unsigned bytes, u32 offset) {
    out.base(f['n']);
    out.op.imm = offset;
    out.op.rd = static_cast<u8>(f['t']);
    out.source(f['t']);
    out.op.ra = static_cast<u8>(f['d']);
    out.destination(f['d']);
    out.memory(Kind::store, bytes);
    out.run(store_exclusive_handler(width));
}

void load_exclusive(Decoded& out, const Fields& f) {
    load_exclusive_from(out, f, Width::word, 4, 4 * f['i']);
}

void store_exclusive(Decoded& out, const Fields& f) {
    store_exclusive_to(out, f, Width::word, 4, 4 * f['i']);
}

template <Width width, unsigned bytes> void load_exclusive_at(Decoded& out, const Fields& f) {
    load_exclusive_from(out, f, width, bytes, 0);
}

template <Width width, unsigned bytes> void store_exclusive_at(Decoded& out, const Fields& f) {
    store_exclusive_to(out, f, width, bytes, 0);
}

// u: Rt2
// clang-format off
constexpr Encoding encodings[] = {
    {"LDRD (immediate)", "T1", "1110100PU1W1nnnn ttttuuuuiiiiiiii",                 load_double},
    {"LDRD (literal)",   "T1", "1110100PU1W11111 ttttuuuuiiiiiiii",                 load_double_literal},
    {"LDREX",            "T1", "111010000101nnnn tttt(1)(1)(1)(1)iiiiiiii",         load_exclusive},
    {"LDREXB",           "T1", "111010001101nnnn tttt(1)(1)(1)(1)0100(1)(1)(1)(1)", load_exclusive_at<Width::byte, 1>},
    {"LDREXH",           "T1", "111010001101nnnn tttt(1)(1)(1)(1)0101(1)(1)(1)(1)", load_exclusive_at<Width::half, 2>},
    {"STRD (immediate)", "T1", "1110100PU1W0nnnn ttttuuuuiiiiiiii",                 store_double},
    {"STREX",            "T1", "111010000100nnnn ttttddddiiiiiiii",                 store_exclusive},
    {"STREXB",           "T1", "111010001100nnnn tttt(1)(1)(1)(1)0100dddd",         store_exclusive_at<Width::byte, 1>},
    {"STREXH",           "T1", "111010001100nnnn tttt(1)(1)(1)(1)0101dddd",         store_exclusive_at<Width::half, 2>},
};
// clang-format on

} // namespace

Family load_store_double() { return {"load and store double and exclusive", encodings}; }

} // namespace tinysim
