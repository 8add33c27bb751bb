#pragma once

#include "../op.hpp"

namespace tinysim {

/// How the address of a single access comes about. `offset` adds `Op::imm` to rn (modulo
/// 2^32, so it may be negative); `pre` and `post` also write it back; `shifted` adds rm
/// shifted left by `Op::imm`; `literal` has the address in `Op::imm`; `unprivileged` is
/// `offset` with the permissions of unprivileged software.
enum class Address { offset, pre, post, shifted, literal, unprivileged };

enum class Width { word, half, byte, signed_half, signed_byte };

/// rd is the register loaded or stored.
Handler load_handler(Width width, Address address);
Handler store_handler(Width width, Address address);
/// rd and ra are the pair. A literal's base in aux is not needed: imm is the address.
Handler load_double_handler(Address address);
Handler store_double_handler(Address address);
/// Loads to PC.
Handler load_pc_handler(Address address);
/// imm is the register list, aux the number of registers; rn the base. One that goes on after
/// an interrupt has the registers that are left in imm, and in ra how many are done.
Handler load_multiple_handler(bool decrement, bool write_back, bool to_pc);
Handler store_multiple_handler(bool decrement, bool write_back);
/// LDREX and STREX of a word, half or byte; ra is STREX's status register.
Handler load_exclusive_handler(Width width);
Handler store_exclusive_handler(Width width);
Handler clear_exclusive_handler();
/// VLDR, VSTR: rd is the first single register, aux 1 or 2 of them.
Handler vector_load_handler(bool literal);
Handler vector_store_handler();
/// VLDM, VSTM: rd first single register, aux how many, imm 1 to write back.
Handler vector_load_multiple_handler(bool decrement);
Handler vector_store_multiple_handler(bool decrement);

} // namespace tinysim
