#pragma once

#include "../op.hpp"

namespace tinysim {

Handler branch_handler(); ///< B
Handler conditional_branch_handler(unsigned condition);
Handler branch_link_handler();                ///< BL; aux: return address
Handler branch_exchange_handler(bool link);   ///< BX rm, BLX rm
Handler compare_branch_handler(bool nonzero); ///< CBZ, CBNZ of rn
Handler table_branch_handler(bool half);      ///< TBB, TBH
Handler move_pc_handler();                    ///< MOV pc, rm
Handler add_pc_handler();                     ///< ADD pc, rm
/// Before an instruction in an IT block: goes `aux` ops on when the condition fails.
Handler guard_handler(unsigned condition);
/// Before an instruction that reads PC as a register.
Handler read_pc_handler();
/// Behind the last instruction of a block that does not branch.
Handler end_handler();

} // namespace tinysim
