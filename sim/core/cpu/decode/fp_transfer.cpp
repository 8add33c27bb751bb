#include "encoding.hpp"
#include "fp_registers.hpp"

namespace tinysim {
namespace {

void to_core(Decoded& out, unsigned single, unsigned t) {
    out.info.kind = Kind::fp;
    out.op.rn = static_cast<u8>(single);
    out.fp_source(single);
    out.rd(t);
    out.run_fp(fp_to_core_handler());
}

void from_core(Decoded& out, unsigned single, unsigned t) {
    out.info.kind = Kind::fp;
    out.op.rd = static_cast<u8>(single);
    out.fp_destination(single);
    out.rn(t);
    out.run_fp(core_to_fp_handler());
}

void move_single(Decoded& out, const Fields& f) {
    f['o'] != 0 ? to_core(out, single_n(f), f['t']) : from_core(out, single_n(f), f['t']);
}

void move_to_scalar(Decoded& out, const Fields& f) { from_core(out, 2 * f['d'] + f['x'], f['t']); }

void move_from_scalar(Decoded& out, const Fields& f) { to_core(out, 2 * f['n'] + f['x'], f['t']); }

void move_pair(Decoded& out, const Fields& f, unsigned first) {
    if (first > 30)
        return out.undefined_fp();
    out.info.kind = Kind::fp_pair;
    if (f['o'] != 0) {
        out.op.rn = static_cast<u8>(first);
        out.fp_source(first, 2);
        out.rd(f['t']);
        out.op.ra = static_cast<u8>(f['u']);
        out.destination(f['u']);
        return out.run_fp(fp_pair_to_core_handler());
    }
    out.op.rd = static_cast<u8>(first);
    out.fp_destination(first, 2);
    out.rn(f['t']);
    out.ra(f['u']);
    out.run_fp(core_to_fp_pair_handler());
}

void move_two_singles(Decoded& out, const Fields& f) { move_pair(out, f, single_m(f)); }

void move_double(Decoded& out, const Fields& f) { move_pair(out, f, first_single_of_m(f)); }

/// VMRS; its t of 15 is APSR_nzcv.
void status_to_core(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    out.op.rd = static_cast<u8>(f['t']);
    if (f['t'] != 15)
        out.destination(f['t']);
    out.run_fp(fp_status_to_core_handler());
}

void core_to_status(Decoded& out, const Fields& f) {
    out.info.kind = Kind::fp;
    out.rn(f['t']);
    out.impure = true;
    out.run_fp(core_to_fp_status_handler());
}

template <bool is_double> unsigned first_single(const Fields& f) {
    return is_double ? first_single_of_d(f) : single_d(f);
}

template <bool is_double> bool to_one(Decoded& out, const Fields& f) {
    const unsigned first = first_single<is_double>(f);
    if (first > 31)
        return false;
    out.op.rd = static_cast<u8>(first);
    out.op.aux = is_double ? 2 : 1;
    out.base(f['n']);
    out.op.imm = f['U'] != 0 ? 4 * f['i'] : 0 - 4 * f['i'];
    return true;
}

template <bool is_double> void load(Decoded& out, const Fields& f) {
    if (!to_one<is_double>(out, f))
        return out.undefined_fp();
    out.memory(is_double ? Kind::load_double : Kind::load, 4, out.op.aux);
    out.fp_destination(out.op.rd, out.op.aux);
    const bool literal = f['n'] == 15;
    if (literal) {
        out.reads_pc = false;
        out.op.imm += out.aligned_pc();
    }
    out.run_fp(vector_load_handler(literal));
}

template <bool is_double> void store(Decoded& out, const Fields& f) {
    if (!to_one<is_double>(out, f))
        return out.undefined_fp();
    out.memory(is_double ? Kind::store_double : Kind::store, 4, out.op.aux);
    out.fp_source(out.op.rd, out.op.aux);
    out.run_fp(vector_store_handler());
}

struct Transfer {
    unsigned base;
    unsigned first;
    unsigned count;
    u32 imm8; ///< FLDMX and FSTMX of doubles count one word more than they move
    bool decrement;
    bool write_back;
};

template <bool is_double> unsigned count_of(u32 imm8) { return is_double ? imm8 & ~1u : imm8; }

void several(Decoded& out, const Transfer& transfer, bool is_load) {
    const auto& [base, first, count, imm8, decrement, write_back] = transfer;
    if (count == 0 || first + count > 32)
        return out.undefined_fp();
    out.base(base);
    if (write_back)
        out.written_base(base);
    out.op.rd = static_cast<u8>(first);
    out.op.aux = count;
    out.op.ra = static_cast<u8>(imm8);
    out.op.imm = write_back;
    out.memory(is_load ? Kind::load_multiple : Kind::store_multiple, 4, count);
    if (is_load) {
        out.fp_destination(first, count);
        return out.run_fp(vector_load_multiple_handler(decrement));
    }
    out.fp_source(first, count);
    out.run_fp(vector_store_multiple_handler(decrement));
}

/// P, U and W: behind the base, or, with the base written, before it.
template <bool is_double, bool is_load> void multiple(Decoded& out, const Fields& f) {
    if (f['P'] == f['U'] || (f['P'] != 0 && f['W'] == 0))
        return out.see_another(); // transfers of 64 bits, VLDR, VSTR
    several(out,
            {f['n'], first_single<is_double>(f), count_of<is_double>(f['i']), f['i'], f['P'] != 0,
             f['W'] != 0},
            is_load);
}

template <bool is_double, bool is_load> void on_stack(Decoded& out, const Fields& f) {
    several(out,
            {13, first_single<is_double>(f), count_of<is_double>(f['i']), f['i'], !is_load, true},
            is_load);
}

// o: op (to the core), x: which half of the double, u: Rt2; t, u and n without N: core registers
// clang-format off
constexpr Encoding encodings[] = {
    {"VLDM",                               "T1", "1110110PUDW1nnnn dddd1011iiiiiiii",               multiple<true, true>},
    {"VLDM",                               "T2", "1110110PUDW1nnnn dddd1010iiiiiiii",               multiple<false, true>},
    {"VLDR",                               "T1", "11101101UD01nnnn dddd1011iiiiiiii",               load<true>},
    {"VLDR",                               "T2", "11101101UD01nnnn dddd1010iiiiiiii",               load<false>},
    {"VMOV (Arm core register to scalar)", "T1", "1110111000x0dddd tttt10110001(0)(0)(0)(0)",       move_to_scalar},
    {"VMOV (between Arm core register and single-precision register)", "T1", "11101110000onnnn tttt1010N(0)(0)1(0)(0)(0)(0)",   move_single},
    {"VMOV (between two Arm core registers and a doubleword register)", "T1", "11101100010ouuuu tttt101100M1mmmm",               move_double},
    {"VMOV (between two Arm core registers and two single-precision registers)", "T1", "11101100010ouuuu tttt101000M1mmmm",               move_two_singles},
    {"VMOV (scalar to Arm core register)", "T1", "1110111000x1nnnn tttt10110001(0)(0)(0)(0)",       move_from_scalar},
    {"VMRS",                               "T1", "1110111011110001 tttt1010(0)(0)(0)1(0)(0)(0)(0)", status_to_core},
    {"VMSR",                               "T1", "1110111011100001 tttt1010(0)(0)(0)1(0)(0)(0)(0)", core_to_status},
    {"VPOP",                               "T1", "111011001D111101 dddd1011iiiiiiii",               on_stack<true, true>},
    {"VPOP",                               "T2", "111011001D111101 dddd1010iiiiiiii",               on_stack<false, true>},
    {"VPUSH",                              "T1", "111011010D101101 dddd1011iiiiiiii",               on_stack<true, false>},
    {"VPUSH",                              "T2", "111011010D101101 dddd1010iiiiiiii",               on_stack<false, false>},
    {"VSTM",                               "T1", "1110110PUDW0nnnn dddd1011iiiiiiii",               multiple<true, false>},
    {"VSTM",                               "T2", "1110110PUDW0nnnn dddd1010iiiiiiii",               multiple<false, false>},
    {"VSTR",                               "T1", "11101101UD00nnnn dddd1011iiiiiiii",               store<true>},
    {"VSTR",                               "T2", "11101101UD00nnnn dddd1010iiiiiiii",               store<false>},
};
// clang-format on

} // namespace

Family fp_transfer() { return {"floating-point load, store and transfer", encodings}; }

} // namespace tinysim
