#include "encoding.hpp"

namespace tinysim {
namespace {

constexpr unsigned bytes_of(Width width) {
    switch (width) {
    case Width::word:
        return 4;
    case Width::half:
    case Width::signed_half:
        return 2;
    default:
        return 1;
    }
}

/// The register of a load whose address stands in `out` already.
template <Width width> void load_to(Decoded& out, unsigned t, Address address) {
    out.op.rd = static_cast<u8>(t);
    out.memory(Kind::load, bytes_of(width));
    if (t == 15) {
        out.ends = out.info.writes_pc = true;
        return out.run(load_pc_handler(address));
    }
    out.destination(t);
    out.run(load_handler(width, address));
}

template <Width width> void store_from(Decoded& out, unsigned t, Address address) {
    out.op.rd = static_cast<u8>(t);
    out.source(t);
    out.memory(Kind::store, bytes_of(width));
    out.run(store_handler(width, address));
}

/// Memory hints: nothing is loaded before its time here. Those of bytes have names, the others,
/// which a load of less than a word to PC makes, are unallocated (A5.3.8, A5.3.9).
void preload(Decoded& out, const Fields&) { out.run(nop_handler()); }

void preload_from(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.see_another(); // PLD (literal), PLI (immediate, literal)
    preload(out, f);
}

template <Width width> bool is_hint(const Fields& f) {
    return width != Width::word && f['t'] == 15;
}

void at_offset(Decoded& out, unsigned n, u32 offset) {
    out.base(n);
    out.op.imm = offset;
}

void at_register(Decoded& out, unsigned n, unsigned m, unsigned shift) {
    out.base(n);
    out.index(m);
    out.op.imm = shift;
}

/// P, U and W of an offset of 8 bits.
Address at_index(Decoded& out, const Fields& f) {
    at_offset(out, f['n'], f['U'] != 0 ? f['i'] : 0 - f['i']);
    if (f['W'] == 0)
        return Address::offset;
    out.written_base(f['n']);
    return f['P'] != 0 ? Address::pre : Address::post;
}

template <Width width> void load_scaled(Decoded& out, const Fields& f) {
    at_offset(out, f['n'], f['i'] * bytes_of(width));
    load_to<width>(out, f['t'], Address::offset);
}

template <Width width> void store_scaled(Decoded& out, const Fields& f) {
    at_offset(out, f['n'], f['i'] * bytes_of(width));
    store_from<width>(out, f['t'], Address::offset);
}

void load_above_sp(Decoded& out, const Fields& f) {
    at_offset(out, 13, 4 * f['i']);
    load_to<Width::word>(out, f['t'], Address::offset);
}

void store_above_sp(Decoded& out, const Fields& f) {
    at_offset(out, 13, 4 * f['i']);
    store_from<Width::word>(out, f['t'], Address::offset);
}

template <Width width> void load_low(Decoded& out, const Fields& f) {
    at_register(out, f['n'], f['m'], 0);
    load_to<width>(out, f['t'], Address::shifted);
}

template <Width width> void store_low(Decoded& out, const Fields& f) {
    at_register(out, f['n'], f['m'], 0);
    store_from<width>(out, f['t'], Address::shifted);
}

void load_literal_words(Decoded& out, const Fields& f) {
    out.op.imm = out.aligned_pc() + 4 * f['i'];
    load_to<Width::word>(out, f['t'], Address::literal);
}

template <Width width> void load_literal(Decoded& out, const Fields& f) {
    if (is_hint<width>(f))
        return preload(out, f);
    out.op.imm = out.aligned_pc() + (f['U'] != 0 ? f['i'] : 0 - f['i']);
    load_to<width>(out, f['t'], Address::literal);
}

template <Width width> void load(Decoded& out, const Fields& f) {
    if (is_hint<width>(f))
        return preload(out, f);
    at_offset(out, f['n'], f['i']);
    load_to<width>(out, f['t'], Address::offset);
}

template <Width width> void store(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.undefined();
    at_offset(out, f['n'], f['i']);
    store_from<width>(out, f['t'], Address::offset);
}

template <Width width> void load_indexed(Decoded& out, const Fields& f) {
    if (f['P'] == 0 && f['W'] == 0)
        return out.undefined();
    if (is_hint<width>(f))
        return preload(out, f);
    const Address address = at_index(out, f);
    load_to<width>(out, f['t'], address);
}

template <Width width> void store_indexed(Decoded& out, const Fields& f) {
    if (f['n'] == 15 || (f['P'] == 0 && f['W'] == 0))
        return out.undefined();
    const Address address = at_index(out, f);
    store_from<width>(out, f['t'], address);
}

template <Width width> void load_register(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.see_another(); // LDR (literal)
    if (is_hint<width>(f))
        return preload(out, f);
    at_register(out, f['n'], f['m'], f['i']);
    load_to<width>(out, f['t'], Address::shifted);
}

template <Width width> void store_register(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.undefined();
    at_register(out, f['n'], f['m'], f['i']);
    store_from<width>(out, f['t'], Address::shifted);
}

template <Width width> void load_unprivileged(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.see_another(); // LDR (literal)
    if (is_hint<width>(f))
        return preload(out, f);
    at_offset(out, f['n'], f['i']);
    load_to<width>(out, f['t'], f['t'] == 15 ? Address::offset : Address::unprivileged);
}

template <Width width> void store_unprivileged(Decoded& out, const Fields& f) {
    if (f['n'] == 15)
        return out.undefined();
    at_offset(out, f['n'], f['i']);
    store_from<width>(out, f['t'], Address::unprivileged);
}

// clang-format off
constexpr Encoding encodings[] = {
    {"LDR (immediate)",          "T1", "01101iiiiinnnttt",                  load_scaled<Width::word>},
    {"LDR (immediate)",          "T2", "10011tttiiiiiiii",                  load_above_sp},
    {"LDR (immediate)",          "T3", "111110001101nnnn ttttiiiiiiiiiiii", load<Width::word>},
    {"LDR (immediate)",          "T4", "111110000101nnnn tttt1PUWiiiiiiii", load_indexed<Width::word>},
    {"LDR (literal)",            "T1", "01001tttiiiiiiii",                  load_literal_words},
    {"LDR (literal)",            "T2", "11111000U1011111 ttttiiiiiiiiiiii", load_literal<Width::word>},
    {"LDR (register)",           "T1", "0101100mmmnnnttt",                  load_low<Width::word>},
    {"LDR (register)",           "T2", "111110000101nnnn tttt000000iimmmm", load_register<Width::word>},
    {"LDRB (immediate)",         "T1", "01111iiiiinnnttt",                  load_scaled<Width::byte>},
    {"LDRB (immediate)",         "T2", "111110001001nnnn ttttiiiiiiiiiiii", load<Width::byte>},
    {"LDRB (immediate)",         "T3", "111110000001nnnn tttt1PUWiiiiiiii", load_indexed<Width::byte>},
    {"LDRB (literal)",           "T1", "11111000U0011111 ttttiiiiiiiiiiii", load_literal<Width::byte>},
    {"LDRB (register)",          "T1", "0101110mmmnnnttt",                  load_low<Width::byte>},
    {"LDRB (register)",          "T2", "111110000001nnnn tttt000000iimmmm", load_register<Width::byte>},
    {"LDRBT",                    "T1", "111110000001nnnn tttt1110iiiiiiii", load_unprivileged<Width::byte>},
    {"LDRH (immediate)",         "T1", "10001iiiiinnnttt",                  load_scaled<Width::half>},
    {"LDRH (immediate)",         "T2", "111110001011nnnn ttttiiiiiiiiiiii", load<Width::half>},
    {"LDRH (immediate)",         "T3", "111110000011nnnn tttt1PUWiiiiiiii", load_indexed<Width::half>},
    {"LDRH (literal)",           "T1", "11111000U0111111 ttttiiiiiiiiiiii", load_literal<Width::half>},
    {"LDRH (register)",          "T1", "0101101mmmnnnttt",                  load_low<Width::half>},
    {"LDRH (register)",          "T2", "111110000011nnnn tttt000000iimmmm", load_register<Width::half>},
    {"LDRHT",                    "T1", "111110000011nnnn tttt1110iiiiiiii", load_unprivileged<Width::half>},
    {"LDRSB (immediate)",        "T1", "111110011001nnnn ttttiiiiiiiiiiii", load<Width::signed_byte>},
    {"LDRSB (immediate)",        "T2", "111110010001nnnn tttt1PUWiiiiiiii", load_indexed<Width::signed_byte>},
    {"LDRSB (literal)",          "T1", "11111001U0011111 ttttiiiiiiiiiiii", load_literal<Width::signed_byte>},
    {"LDRSB (register)",         "T1", "0101011mmmnnnttt",                  load_low<Width::signed_byte>},
    {"LDRSB (register)",         "T2", "111110010001nnnn tttt000000iimmmm", load_register<Width::signed_byte>},
    {"LDRSBT",                   "T1", "111110010001nnnn tttt1110iiiiiiii", load_unprivileged<Width::signed_byte>},
    {"LDRSH (immediate)",        "T1", "111110011011nnnn ttttiiiiiiiiiiii", load<Width::signed_half>},
    {"LDRSH (immediate)",        "T2", "111110010011nnnn tttt1PUWiiiiiiii", load_indexed<Width::signed_half>},
    {"LDRSH (literal)",          "T1", "11111001U0111111 ttttiiiiiiiiiiii", load_literal<Width::signed_half>},
    {"LDRSH (register)",         "T1", "0101111mmmnnnttt",                  load_low<Width::signed_half>},
    {"LDRSH (register)",         "T2", "111110010011nnnn tttt000000iimmmm", load_register<Width::signed_half>},
    {"LDRSHT",                   "T1", "111110010011nnnn tttt1110iiiiiiii", load_unprivileged<Width::signed_half>},
    {"LDRT",                     "T1", "111110000101nnnn tttt1110iiiiiiii", load_unprivileged<Width::word>},
    {"PLD (immediate)",          "T1", "111110001001nnnn 1111iiiiiiiiiiii", preload},
    {"PLD (immediate)",          "T2", "111110000001nnnn 11111100iiiiiiii", preload_from},
    {"PLD (literal)",            "T1", "11111000U0011111 1111iiiiiiiiiiii", preload},
    {"PLD (register)",           "T1", "111110000001nnnn 1111000000iimmmm", preload_from},
    {"PLI (immediate, literal)", "T1", "111110011001nnnn 1111iiiiiiiiiiii", preload},
    {"PLI (immediate, literal)", "T2", "111110010001nnnn 11111100iiiiiiii", preload_from},
    {"PLI (immediate, literal)", "T3", "11111001U0011111 1111iiiiiiiiiiii", preload},
    {"PLI (register)",           "T1", "111110010001nnnn 1111000000iimmmm", preload_from},
    {"STR (immediate)",          "T1", "01100iiiiinnnttt",                  store_scaled<Width::word>},
    {"STR (immediate)",          "T2", "10010tttiiiiiiii",                  store_above_sp},
    {"STR (immediate)",          "T3", "111110001100nnnn ttttiiiiiiiiiiii", store<Width::word>},
    {"STR (immediate)",          "T4", "111110000100nnnn tttt1PUWiiiiiiii", store_indexed<Width::word>},
    {"STR (register)",           "T1", "0101000mmmnnnttt",                  store_low<Width::word>},
    {"STR (register)",           "T2", "111110000100nnnn tttt000000iimmmm", store_register<Width::word>},
    {"STRB (immediate)",         "T1", "01110iiiiinnnttt",                  store_scaled<Width::byte>},
    {"STRB (immediate)",         "T2", "111110001000nnnn ttttiiiiiiiiiiii", store<Width::byte>},
    {"STRB (immediate)",         "T3", "111110000000nnnn tttt1PUWiiiiiiii", store_indexed<Width::byte>},
    {"STRB (register)",          "T1", "0101010mmmnnnttt",                  store_low<Width::byte>},
    {"STRB (register)",          "T2", "111110000000nnnn tttt000000iimmmm", store_register<Width::byte>},
    {"STRBT",                    "T1", "111110000000nnnn tttt1110iiiiiiii", store_unprivileged<Width::byte>},
    {"STRH (immediate)",         "T1", "10000iiiiinnnttt",                  store_scaled<Width::half>},
    {"STRH (immediate)",         "T2", "111110001010nnnn ttttiiiiiiiiiiii", store<Width::half>},
    {"STRH (immediate)",         "T3", "111110000010nnnn tttt1PUWiiiiiiii", store_indexed<Width::half>},
    {"STRH (register)",          "T1", "0101001mmmnnnttt",                  store_low<Width::half>},
    {"STRH (register)",          "T2", "111110000010nnnn tttt000000iimmmm", store_register<Width::half>},
    {"STRHT",                    "T1", "111110000010nnnn tttt1110iiiiiiii", store_unprivileged<Width::half>},
    {"STRT",                     "T1", "111110000100nnnn tttt1110iiiiiiii", store_unprivileged<Width::word>},
};
// clang-format on

} // namespace

Family load_store() { return {"load and store", encodings}; }

} // namespace tinysim
