#include "encoding.hpp"

namespace tinysim {
namespace {

constexpr u32 carry_as_it_was = 2;

/// ThumbExpandImm_C (DDI0403 A5.3.2), into `op.imm` and `op.aux`.
void expand_immediate(Decoded& out, u32 imm12) {
    const u32 byte = imm12 & 0xFF;
    out.op.aux = carry_as_it_was;
    switch (imm12 >> 8) {
    case 0:
        out.op.imm = byte;
        return;
    case 1:
        out.op.imm = byte << 16 | byte;
        return;
    case 2:
        out.op.imm = byte << 24 | byte << 8;
        return;
    case 3:
        out.op.imm = byte * 0x01010101u;
        return;
    default:
        out.op.imm = rotate_right(0x80 | (imm12 & 0x7F), imm12 >> 7);
        out.op.aux = out.op.imm >> 31;
    }
}

template <Alu operation> void modified_immediate(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    expand_immediate(out, f['i']);
    out.alu(operation, Operand::imm, f['S'] != 0);
}

template <Alu operation> void compare(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    expand_immediate(out, f['i']);
    out.alu(operation, Operand::imm, true);
}

template <Alu operation> void move(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    expand_immediate(out, f['i']);
    out.alu(operation, Operand::imm, f['S'] != 0);
}

template <Alu operation> void from_sp(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(13);
    expand_immediate(out, f['i']);
    out.alu(operation, Operand::imm, f['S'] != 0);
}

void add_or_subtract(Decoded& out, Alu operation, unsigned d, unsigned n, u32 imm) {
    out.rd(d);
    out.rn(n);
    out.op.imm = imm;
    out.alu(operation, Operand::imm, false);
}

template <Alu operation> void plain(Decoded& out, const Fields& f) {
    add_or_subtract(out, operation, f['d'], f['n'], f['i']);
}

template <Alu operation> void plain_from_sp(Decoded& out, const Fields& f) {
    add_or_subtract(out, operation, f['d'], 13, f['i']);
}

void words_above_sp(Decoded& out, const Fields& f) {
    add_or_subtract(out, Alu::add, f['d'], 13, 4 * f['i']);
}

template <Alu operation> void adjust_sp(Decoded& out, const Fields& f) {
    add_or_subtract(out, operation, 13, 13, 4 * f['i']);
}

template <Alu operation> void imm3(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.op.imm = f['i'];
    out.alu(operation, Operand::imm, !out.in_it());
}

template <Alu operation> void imm8(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['d']);
    out.op.imm = f['i'];
    out.op.aux = carry_as_it_was;
    out.alu(operation, Operand::imm, !out.in_it());
}

void compare_imm8(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    out.op.imm = f['i'];
    out.op.aux = carry_as_it_was;
    out.alu(Alu::cmp, Operand::imm, true);
}

void move_imm8(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.op.imm = f['i'];
    out.op.aux = carry_as_it_was;
    out.alu(Alu::mov, Operand::imm, !out.in_it());
}

void negate(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.alu(Alu::rsb, Operand::imm, !out.in_it());
}

void address(Decoded& out, unsigned d, u32 value) {
    out.rd(d);
    out.op.imm = value;
    out.alu(Alu::mov, Operand::imm, false);
}

void adr_words(Decoded& out, const Fields& f) {
    address(out, f['d'], out.aligned_pc() + 4 * f['i']);
}

void adr_before(Decoded& out, const Fields& f) { address(out, f['d'], out.aligned_pc() - f['i']); }

void adr_after(Decoded& out, const Fields& f) { address(out, f['d'], out.aligned_pc() + f['i']); }

u32 imm16(const Fields& f) { return f['j'] << 12 | f['i']; }

void move_imm16(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.op.imm = imm16(f);
    out.alu(Alu::mov, Operand::imm, false);
}

void move_top(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.source(f['d']);
    out.op.imm = imm16(f);
    out.run(movt_handler());
}

// j: imm4
// clang-format off
constexpr Encoding encodings[] = {
    {"ADC (immediate)",          "T1", "11110i01010Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::adc>},
    {"ADD (immediate)",          "T1", "0001110iiinnnddd",                  imm3<Alu::add>},
    {"ADD (immediate)",          "T2", "00110dddiiiiiiii",                  imm8<Alu::add>},
    {"ADD (immediate)",          "T3", "11110i01000Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::add>},
    {"ADD (immediate)",          "T4", "11110i100000nnnn 0iiiddddiiiiiiii", plain<Alu::add>},
    {"ADD (SP plus immediate)",  "T1", "10101dddiiiiiiii",                  words_above_sp},
    {"ADD (SP plus immediate)",  "T2", "101100000iiiiiii",                  adjust_sp<Alu::add>},
    {"ADD (SP plus immediate)",  "T3", "11110i01000S1101 0iiiddddiiiiiiii", from_sp<Alu::add>},
    {"ADD (SP plus immediate)",  "T4", "11110i1000001101 0iiiddddiiiiiiii", plain_from_sp<Alu::add>},
    {"ADR",                      "T1", "10100dddiiiiiiii",                  adr_words},
    {"ADR",                      "T2", "11110i1010101111 0iiiddddiiiiiiii", adr_before},
    {"ADR",                      "T3", "11110i1000001111 0iiiddddiiiiiiii", adr_after},
    {"AND (immediate)",          "T1", "11110i00000Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::and_>},
    {"BIC (immediate)",          "T1", "11110i00001Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::bic>},
    {"CMN (immediate)",          "T1", "11110i010001nnnn 0iii1111iiiiiiii", compare<Alu::cmn>},
    {"CMP (immediate)",          "T1", "00101nnniiiiiiii",                  compare_imm8},
    {"CMP (immediate)",          "T2", "11110i011011nnnn 0iii1111iiiiiiii", compare<Alu::cmp>},
    {"EOR (immediate)",          "T1", "11110i00100Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::eor>},
    {"MOV (immediate)",          "T1", "00100dddiiiiiiii",                  move_imm8},
    {"MOV (immediate)",          "T2", "11110i00010S1111 0iiiddddiiiiiiii", move<Alu::mov>},
    {"MOV (immediate)",          "T3", "11110i100100jjjj 0iiiddddiiiiiiii", move_imm16},
    {"MOVT",                     "T1", "11110i101100jjjj 0iiiddddiiiiiiii", move_top},
    {"MVN (immediate)",          "T1", "11110i00011S1111 0iiiddddiiiiiiii", move<Alu::mvn>},
    {"ORN (immediate)",          "T1", "11110i00011Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::orn>},
    {"ORR (immediate)",          "T1", "11110i00010Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::orr>},
    {"RSB (immediate)",          "T1", "0100001001nnnddd",                  negate},
    {"RSB (immediate)",          "T2", "11110i01110Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::rsb>},
    {"SBC (immediate)",          "T1", "11110i01011Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::sbc>},
    {"SUB (immediate)",          "T1", "0001111iiinnnddd",                  imm3<Alu::sub>},
    {"SUB (immediate)",          "T2", "00111dddiiiiiiii",                  imm8<Alu::sub>},
    {"SUB (immediate)",          "T3", "11110i01101Snnnn 0iiiddddiiiiiiii", modified_immediate<Alu::sub>},
    {"SUB (immediate)",          "T4", "11110i101010nnnn 0iiiddddiiiiiiii", plain<Alu::sub>},
    {"SUB (SP minus immediate)", "T1", "101100001iiiiiii",                  adjust_sp<Alu::sub>},
    {"SUB (SP minus immediate)", "T2", "11110i01101S1101 0iiiddddiiiiiiii", from_sp<Alu::sub>},
    {"SUB (SP minus immediate)", "T3", "11110i1010101101 0iiiddddiiiiiiii", plain_from_sp<Alu::sub>},
    {"TEQ (immediate)",          "T1", "11110i001001nnnn 0iii1111iiiiiiii", compare<Alu::teq>},
    {"TST (immediate)",          "T1", "11110i000001nnnn 0iii1111iiiiiiii", compare<Alu::tst>},
};
// clang-format on

} // namespace

Family data_processing_immediate() { return {"data processing (immediate)", encodings}; }

} // namespace tinysim
