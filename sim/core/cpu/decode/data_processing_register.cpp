#include "encoding.hpp"

namespace tinysim {
namespace {

/// DecodeImmShift (DDI0403 A7.4.2): a register operand shifted by a constant; sets `op.imm`.
Operand shift_by_constant(Decoded& out, unsigned type, unsigned amount) {
    out.op.imm = amount;
    switch (type) {
    case 0:
        return amount == 0 ? Operand::reg : Operand::lsl;
    case 1:
        out.op.imm = amount == 0 ? 32 : amount;
        return Operand::lsr;
    case 2:
        out.op.imm = amount == 0 ? 32 : amount;
        return Operand::asr;
    default:
        return amount == 0 ? Operand::rrx : Operand::ror;
    }
}

template <Alu operation> void two_registers(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['d']);
    out.rm(f['m']);
    out.alu(operation, Operand::reg, !out.in_it());
}

template <Alu operation> void three_registers(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.alu(operation, Operand::reg, !out.in_it());
}

template <Alu operation> void compare_registers(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    out.rm(f['m']);
    out.alu(operation, Operand::reg, true);
}

void move_not(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.alu(Alu::mvn, Operand::reg, !out.in_it());
}

void add(Decoded& out, unsigned d, unsigned m) {
    out.rm(m);
    if (d == 15)
        return out.indirect(Kind::branch_register, add_pc_handler());
    out.rd(d);
    out.rn(d);
    out.alu(Alu::add, Operand::reg, false);
}

void add_any(Decoded& out, const Fields& f) { add(out, f['d'], f['m']); }

void add_sp_to_any(Decoded& out, const Fields& f) { add(out, f['d'], 13); }

void add_any_to_sp(Decoded& out, const Fields& f) { add(out, 13, f['m']); }

void move_any(Decoded& out, const Fields& f) {
    out.rm(f['m']);
    if (f['d'] == 15)
        return out.indirect(Kind::branch_register, move_pc_handler());
    out.rd(f['d']);
    out.alu(Alu::mov, Operand::reg, false);
}

template <Alu operation> void shifted(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.alu(operation, shift_by_constant(out, f['y'], f['i']), f['S'] != 0);
}

template <Alu operation> void compare_shifted(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    out.rm(f['m']);
    out.alu(operation, shift_by_constant(out, f['y'], f['i']), true);
}

template <Alu operation> void shifted_from_sp(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(13);
    out.rm(f['m']);
    out.alu(operation, shift_by_constant(out, f['y'], f['i']), f['S'] != 0);
}

void move_not_shifted(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.alu(Alu::mvn, shift_by_constant(out, f['y'], f['i']), f['S'] != 0);
}

enum Shift { lsl, lsr, asr, ror }; // as the manual's type field has them

void move_shifted(Decoded& out, const Fields& f, Shift type, unsigned amount, bool set_flags) {
    out.rd(f['d']);
    out.rm(f['m']);
    out.alu(Alu::mov, shift_by_constant(out, type, amount), set_flags);
}

template <Shift type> void shift_low(Decoded& out, const Fields& f) {
    move_shifted(out, f, type, f['i'], !out.in_it());
}

void move_low(Decoded& out, const Fields& f) { move_shifted(out, f, lsl, 0, !out.in_it()); }

template <Shift type> void shift(Decoded& out, const Fields& f) {
    move_shifted(out, f, type, f['i'], f['S'] != 0);
}

void move(Decoded& out, const Fields& f) { move_shifted(out, f, lsl, 0, f['S'] != 0); }

void rotate_with_extend(Decoded& out, const Fields& f) {
    move_shifted(out, f, ror, 0, f['S'] != 0);
}

template <Operand type> void shift_low_by_register(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['d']);
    out.rm(f['m']);
    out.run(shift_handler(type, !out.in_it()));
}

template <Operand type> void shift_by_register(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
    out.run(shift_handler(type, f['S'] != 0));
}

// y: type
// clang-format off
constexpr Encoding encodings[] = {
    {"ADC (register)",          "T1", "0100000101mmmddd",                    two_registers<Alu::adc>},
    {"ADC (register)",          "T2", "11101011010Snnnn (0)iiiddddiiyymmmm", shifted<Alu::adc>},
    {"ADD (register)",          "T1", "0001100mmmnnnddd",                    three_registers<Alu::add>},
    {"ADD (register)",          "T2", "01000100dmmmmddd",                    add_any},
    {"ADD (register)",          "T3", "11101011000Snnnn (0)iiiddddiiyymmmm", shifted<Alu::add>},
    {"ADD (SP plus register)",  "T1", "01000100d1101ddd",                    add_sp_to_any},
    {"ADD (SP plus register)",  "T2", "010001001mmmm101",                    add_any_to_sp},
    {"ADD (SP plus register)",  "T3", "11101011000S1101 (0)iiiddddiiyymmmm", shifted_from_sp<Alu::add>},
    {"AND (register)",          "T1", "0100000000mmmddd",                    two_registers<Alu::and_>},
    {"AND (register)",          "T2", "11101010000Snnnn (0)iiiddddiiyymmmm", shifted<Alu::and_>},
    {"ASR (immediate)",         "T1", "00010iiiiimmmddd",                    shift_low<asr>},
    {"ASR (immediate)",         "T2", "11101010010S1111 (0)iiiddddii10mmmm", shift<asr>},
    {"ASR (register)",          "T1", "0100000100mmmddd",                    shift_low_by_register<Operand::asr>},
    {"ASR (register)",          "T2", "11111010010Snnnn 1111dddd0000mmmm",   shift_by_register<Operand::asr>},
    {"BIC (register)",          "T1", "0100001110mmmddd",                    two_registers<Alu::bic>},
    {"BIC (register)",          "T2", "11101010001Snnnn (0)iiiddddiiyymmmm", shifted<Alu::bic>},
    {"CMN (register)",          "T1", "0100001011mmmnnn",                    compare_registers<Alu::cmn>},
    {"CMN (register)",          "T2", "111010110001nnnn (0)iii1111iiyymmmm", compare_shifted<Alu::cmn>},
    {"CMP (register)",          "T1", "0100001010mmmnnn",                    compare_registers<Alu::cmp>},
    {"CMP (register)",          "T2", "01000101nmmmmnnn",                    compare_registers<Alu::cmp>},
    {"CMP (register)",          "T3", "111010111011nnnn (0)iii1111iiyymmmm", compare_shifted<Alu::cmp>},
    {"EOR (register)",          "T1", "0100000001mmmddd",                    two_registers<Alu::eor>},
    {"EOR (register)",          "T2", "11101010100Snnnn (0)iiiddddiiyymmmm", shifted<Alu::eor>},
    {"LSL (immediate)",         "T1", "00000iiiiimmmddd",                    shift_low<lsl>},
    {"LSL (immediate)",         "T2", "11101010010S1111 (0)iiiddddii00mmmm", shift<lsl>},
    {"LSL (register)",          "T1", "0100000010mmmddd",                    shift_low_by_register<Operand::lsl>},
    {"LSL (register)",          "T2", "11111010000Snnnn 1111dddd0000mmmm",   shift_by_register<Operand::lsl>},
    {"LSR (immediate)",         "T1", "00001iiiiimmmddd",                    shift_low<lsr>},
    {"LSR (immediate)",         "T2", "11101010010S1111 (0)iiiddddii01mmmm", shift<lsr>},
    {"LSR (register)",          "T1", "0100000011mmmddd",                    shift_low_by_register<Operand::lsr>},
    {"LSR (register)",          "T2", "11111010001Snnnn 1111dddd0000mmmm",   shift_by_register<Operand::lsr>},
    {"MOV (register)",          "T1", "01000110dmmmmddd",                    move_any},
    {"MOV (register)",          "T2", "0000000000mmmddd",                    move_low},
    {"MOV (register)",          "T3", "11101010010S1111 (0)000dddd0000mmmm", move},
    {"MVN (register)",          "T1", "0100001111mmmddd",                    move_not},
    {"MVN (register)",          "T2", "11101010011S1111 (0)iiiddddiiyymmmm", move_not_shifted},
    {"ORN (register)",          "T1", "11101010011Snnnn (0)iiiddddiiyymmmm", shifted<Alu::orn>},
    {"ORR (register)",          "T1", "0100001100mmmddd",                    two_registers<Alu::orr>},
    {"ORR (register)",          "T2", "11101010010Snnnn (0)iiiddddiiyymmmm", shifted<Alu::orr>},
    {"ROR (immediate)",         "T1", "11101010010S1111 (0)iiiddddii11mmmm", shift<ror>},
    {"ROR (register)",          "T1", "0100000111mmmddd",                    shift_low_by_register<Operand::ror>},
    {"ROR (register)",          "T2", "11111010011Snnnn 1111dddd0000mmmm",   shift_by_register<Operand::ror>},
    {"RRX",                     "T1", "11101010010S1111 (0)000dddd0011mmmm", rotate_with_extend},
    {"RSB (register)",          "T1", "11101011110Snnnn (0)iiiddddiiyymmmm", shifted<Alu::rsb>},
    {"SBC (register)",          "T1", "0100000110mmmddd",                    two_registers<Alu::sbc>},
    {"SBC (register)",          "T2", "11101011011Snnnn (0)iiiddddiiyymmmm", shifted<Alu::sbc>},
    {"SUB (register)",          "T1", "0001101mmmnnnddd",                    three_registers<Alu::sub>},
    {"SUB (register)",          "T2", "11101011101Snnnn (0)iiiddddiiyymmmm", shifted<Alu::sub>},
    {"SUB (SP minus register)", "T1", "11101011101S1101 (0)iiiddddiiyymmmm", shifted_from_sp<Alu::sub>},
    {"TEQ (register)",          "T1", "111010101001nnnn (0)iii1111iiyymmmm", compare_shifted<Alu::teq>},
    {"TST (register)",          "T1", "0100001000mmmnnn",                    compare_registers<Alu::tst>},
    {"TST (register)",          "T2", "111010100001nnnn (0)iii1111iiyymmmm", compare_shifted<Alu::tst>},
};
// clang-format on

} // namespace

Family data_processing_register() { return {"data processing (register)", encodings}; }

} // namespace tinysim
