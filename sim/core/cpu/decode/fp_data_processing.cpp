#include "encoding.hpp"
#include "fp_registers.hpp"

namespace tinysim {
namespace {

/// VFPExpandImm (DDI0403 A6.4.1).
u32 expand_immediate(u32 imm8) {
    const u32 sign = imm8 >> 7;
    const u32 exponent =
        (~imm8 >> 6 & 1) << 7 | ((imm8 >> 6 & 1) != 0 ? 0x7Cu : 0) | (imm8 >> 4 & 3);
    return sign << 31 | exponent << 23 | (imm8 & 0xF) << 19;
}

void to_d(Decoded& out, const Fields& f) {
    out.op.rd = static_cast<u8>(single_d(f));
    out.fp_destination(out.op.rd);
}

void from_n(Decoded& out, const Fields& f) {
    out.op.rn = static_cast<u8>(single_n(f));
    out.fp_source(out.op.rn);
}

void from_m(Decoded& out, const Fields& f) {
    out.op.rm = static_cast<u8>(single_m(f));
    out.fp_source(out.op.rm);
}

template <FpOperation operation, Kind kind = Kind::fp>
void three_operands(Decoded& out, const Fields& f) {
    out.info.kind = kind;
    to_d(out, f);
    from_n(out, f);
    from_m(out, f);
    out.run_fp(fp_handler(operation));
}

/// op, the bit `o`, chooses one of two.
template <FpOperation clear, FpOperation set> void accumulate(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp_accumulate;
    to_d(out, f);
    out.fp_source(out.op.rd);
    from_n(out, f);
    from_m(out, f);
    out.run_fp(fp_handler(f['o'] != 0 ? set : clear));
}

template <FpOperation operation, Kind kind = Kind::fp>
void two_operands(Decoded& out, const Fields& f) {
    out.info.kind = kind;
    to_d(out, f);
    from_m(out, f);
    out.run_fp(fp_handler(operation));
}

void move_immediate(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    to_d(out, f);
    out.op.imm = expand_immediate(f['i']);
    out.run_fp(fp_immediate_handler());
}

void compare(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    out.op.rd = static_cast<u8>(single_d(f));
    out.fp_source(out.op.rd);
    from_m(out, f);
    out.run_fp(fp_compare_handler(false, f['E'] != 0));
}

void compare_zero(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    out.op.rd = static_cast<u8>(single_d(f));
    out.fp_source(out.op.rd);
    out.run_fp(fp_compare_handler(true, f['E'] != 0));
}

void half_precision(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    to_d(out, f);
    from_m(out, f);
    out.run_fp(fp_half_handler(f['o'] != 0, f['T'] != 0));
}

constexpr u32 is_signed = 1 << 8;
constexpr u32 rounds = 1 << 9; ///< towards zero from floating point, to the nearest to it

void integer(Decoded& out, const Fields& f) {
    const bool to_integer = (f['o'] & 4) != 0;
    const bool low = (f['o'] & 1) != 0;
    const bool op = f['p'] != 0;
    if ((f['o'] & 2) != 0 || (!to_integer && low))
        return out.see_another();
    out.info.kind = Kind::fp;
    to_d(out, f);
    from_m(out, f);
    if (to_integer) {
        out.op.imm = 32 | (low ? is_signed : 0) | (op ? rounds : 0);
        return out.run_fp(fp_to_fixed_handler());
    }
    out.op.imm = 32 | (op ? is_signed : 0);
    out.run_fp(fixed_to_fp_handler());
}

void fixed_point(Decoded& out, const Fields& f) {
    const u32 width = f['x'] != 0 ? 32 : 16;
    const u32 whole_bits = f['i'] << 1 | f['j'];
    if (whole_bits > width)
        return out.undefined_fp();
    out.info.kind = Kind::fp;
    to_d(out, f);
    out.op.rm = out.op.rd;
    out.fp_source(out.op.rd);
    out.op.aux = width - whole_bits;
    out.op.imm = width | (f['U'] != 0 ? 0 : is_signed) | rounds;
    out.run_fp(f['o'] != 0 ? fp_to_fixed_handler() : fixed_to_fp_handler());
}

using enum FpOperation;

// o: op, in VCVT opc2, whose op is p; x: sx; i, j: imm4 and i of imm4:i
// clang-format off
constexpr Encoding encodings[] = {
    {"VABS",                "T1", "111011101D110000 dddd101011M0mmmm",           two_operands<abs>},
    {"VADD",                "T1", "111011100D11nnnn dddd1010N0M0mmmm",           three_operands<add>},
    {"VCMP, VCMPE",         "T1", "111011101D110100 dddd1010E1M0mmmm",           compare},
    {"VCMP, VCMPE",         "T2", "111011101D110101 dddd1010E1(0)0(0)(0)(0)(0)", compare_zero},
    {"VCVT, VCVTR (between floating-point and integer)", "T1", "111011101D111ooo dddd1010p1M0mmmm",           integer},
    {"VCVT (between floating-point and fixed-point)", "T1", "111011101D111o1U dddd1010x1j0iiii",           fixed_point},
    {"VCVTB, VCVTT",        "T1", "111011101D11001o dddd1010T1M0mmmm",           half_precision},
    {"VDIV",                "T1", "111011101D00nnnn dddd1010N0M0mmmm",           three_operands<div, Kind::fp_divide>},
    {"VFMA, VFMS",          "T1", "111011101D10nnnn dddd1010NoM0mmmm",           accumulate<fma, fms>},
    {"VFNMA, VFNMS",        "T1", "111011101D01nnnn dddd1010NoM0mmmm",           accumulate<fnms, fnma>},
    {"VMLA, VMLS",          "T1", "111011100D00nnnn dddd1010NoM0mmmm",           accumulate<mla, mls>},
    {"VMOV (immediate)",    "T1", "111011101D11iiii dddd1010(0)0(0)0iiii",       move_immediate},
    {"VMOV (register)",     "T1", "111011101D110000 dddd101001M0mmmm",           two_operands<FpOperation::move>},
    {"VMUL",                "T1", "111011100D10nnnn dddd1010N0M0mmmm",           three_operands<mul>},
    {"VNEG",                "T1", "111011101D110001 dddd101001M0mmmm",           two_operands<neg>},
    {"VNMLA, VNMLS, VNMUL", "T1", "111011100D01nnnn dddd1010NoM0mmmm",           accumulate<nmls, nmla>},
    {"VNMLA, VNMLS, VNMUL", "T2", "111011100D10nnnn dddd1010N1M0mmmm",           three_operands<nmul>},
    {"VSQRT",               "T1", "111011101D110001 dddd101011M0mmmm",           two_operands<sqrt, Kind::fp_divide>},
    {"VSUB",                "T1", "111011100D11nnnn dddd1010N1M0mmmm",           three_operands<sub>},
};
// clang-format on

} // namespace

Family fp_data_processing() { return {"floating-point data processing", encodings}; }

} // namespace tinysim
