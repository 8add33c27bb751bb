#pragma once

#include "../op.hpp"

namespace tinysim {

/// Data-processing operations, in the order of the modified-immediate encodings.
enum class Alu { and_, bic, orr, orn, eor, add, adc, sbc, sub, rsb, mov, mvn, tst, teq, cmp, cmn };

/// How the second operand comes about. `reg` is a register without a shift; the shifts are
/// by the constant in `Op::imm`; `imm` has the constant in `Op::imm` and the shifter's carry
/// in `Op::aux` (2: as it was).
enum class Operand { imm, reg, lsl, lsr, asr, ror, rrx };

/// rd = rn (op) operand; rm is the register of the operand.
Handler alu_handler(Alu alu, Operand operand, bool set_flags);

/// rd = rn shifted by the register rm.
Handler shift_handler(Operand shift, bool set_flags);

constexpr bool is_compare(Alu alu) { return alu >= Alu::tst; }
constexpr bool is_move(Alu alu) { return alu == Alu::mov || alu == Alu::mvn; }

/// MOVT, bit fields, extensions, reversals, CLZ.
Handler movt_handler();
Handler bfi_handler(); ///< imm: mask in place, aux: shift; rn 15 was made BFC by the decoder
Handler bfc_handler();
Handler ubfx_handler(); ///< aux: lsb, imm: mask of the width
Handler sbfx_handler(); ///< aux: shift left, imm: shift right
enum class Extend { sxtb, uxtb, sxth, uxth, sxtb16, uxtb16 };
Handler extend_handler(Extend extend, bool add); ///< rd = [rn +] extended rm rotated by aux
enum class Reverse { rev, rev16, revsh, rbit, clz };
Handler reverse_handler(Reverse reverse);

} // namespace tinysim
