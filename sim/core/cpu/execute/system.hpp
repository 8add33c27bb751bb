#pragma once

#include "../op.hpp"

namespace tinysim {

Handler nop_handler(); ///< NOP, YIELD, barriers, hints and a folded IT
Handler undefined_handler();
Handler no_coprocessor_handler();
Handler supervisor_call_handler();
Handler breakpoint_handler(); ///< imm: its number
/// imm: bit 0 FAULTMASK, bit 1 PRIMASK; sets them or clears them.
Handler change_state_handler(bool disable);
Handler move_from_special_handler();  ///< MRS rd; imm: SYSm
Handler move_to_special_handler();    ///< MSR rn; imm: SYSm, aux: mask
Handler wait_handler(bool for_event); ///< WFE, WFI
Handler send_event_handler();
/// Raises the MPU's fault if the instruction may not be fetched; aux: its size.
Handler fetch_guard_handler();
/// An instruction that could not be fetched: raises the fault when it is reached.
Handler fetch_fault_handler(); ///< imm: CFSR bit

} // namespace tinysim
