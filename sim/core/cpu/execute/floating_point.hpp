#pragma once

#include "../op.hpp"

namespace tinysim {

enum class FpOperation {
    add,
    sub,
    mul,
    div,
    sqrt,
    nmul,
    mla,
    mls,
    nmla,
    nmls, ///< with a rounded product
    fma,
    fms,
    fnma,
    fnms, ///< fused
    abs,
    neg,
    move,
};

/// Before the first FP instruction of a block: access, lazy stacking.
Handler fp_guard_handler();
/// s[rd] = s[rn] (operation) s[rm]
Handler fp_handler(FpOperation operation);
Handler fp_immediate_handler(); ///< imm: the value
Handler fp_compare_handler(bool zero, bool signal_quiet);
/// aux: fraction bits; imm: width in bits, bit 8 signed, bit 9 round towards zero.
Handler fp_to_fixed_handler();
/// aux: fraction bits; imm: width in bits, bit 8 signed, bit 9 round to nearest.
Handler fixed_to_fp_handler();
Handler fp_half_handler(bool to_half, bool top);
Handler fp_to_core_handler();        ///< rd = s[rn]
Handler core_to_fp_handler();        ///< s[rd] = rn
Handler fp_pair_to_core_handler();   ///< rd, ra = s[rn], s[rn + 1]
Handler core_to_fp_pair_handler();   ///< s[rd], s[rd + 1] = rn, ra
Handler fp_status_to_core_handler(); ///< VMRS; rd 15: APSR_nzcv
Handler core_to_fp_status_handler(); ///< VMSR rn

} // namespace tinysim
