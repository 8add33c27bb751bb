#pragma once

#include "../types.hpp"

namespace tinysim {

// Of the frames that exceptions push (DDI0403 B1.5.6).
inline constexpr u32 basic_frame = 0x20;
inline constexpr u32 basic_words = 8;
inline constexpr u32 extended_frame = 0x68;
inline constexpr u32 fp_words = 17;           ///< S0-S15 and FPSCR
inline constexpr u32 exc_return_fp = 1u << 4; ///< clear: the frame has FP registers

} // namespace tinysim
