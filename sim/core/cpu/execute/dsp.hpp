#pragma once

#include "../op.hpp"

namespace tinysim {

/// How a parallel addition treats a lane that does not fit (A5.3.14, A5.3.15).
enum class Lanes { s, q, sh, u, uq, uh };
/// ASX: subtract the low half, add the high one, of exchanged halves of rm.
enum class Parallel { add8, add16, asx, sax, sub8, sub16 };

Handler parallel_handler(Parallel operation, Lanes lanes);
Handler select_handler(); ///< SEL
/// QADD, QDADD, QSUB, QDSUB: rd = rm (op) rn
Handler saturating_handler(bool subtract, bool doubled);
/// SSAT, USAT: imm: bits, aux: shift (bit 5 set: ASR)
Handler saturate_handler(bool is_signed);
Handler saturate16_handler(bool is_signed); ///< SSAT16, USAT16
Handler pack_handler(bool top);             ///< PKHBT (lsl aux), PKHTB (asr aux)

} // namespace tinysim
