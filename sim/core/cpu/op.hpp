#pragma once

#include "../types.hpp"

#include <array>
#include <cstring>
#include <vector>

namespace tinysim {

class Core;
struct Op;

/// Executes one instruction and, unless it ends the block, goes on with the next one.
using Handler = void (*)(Core&, const Op*);

/// A decoded instruction, or a guard before one, as the core executes it.
struct alignas(32) Op {
    Handler run = nullptr;
    u32 pc = 0;  ///< address of the instruction
    u32 imm = 0; ///< immediate, branch target, register list
    u32 aux = 0; ///< second immediate: shift amount, mask, carry of an immediate
    u8 rd = 0;
    u8 rn = 0;
    u8 rm = 0;
    u8 ra = 0;
    u16 cycles = 0;         ///< from the block's start to this instruction's, by the T2 table
    u16 index = 0;          ///< of the instruction in its block
    u16 skip = 0;           ///< guard: T2 cycles saved when the instruction is skipped
    bool decrement = false; ///< LDM or STM: the base is above the registers
    u8 slot = 0;            ///< of the instruction in the trace, if it is traced
};
static_assert(sizeof(Op) == 32);

/// What an instruction is to the pipeline.
enum class Kind : u8 {
    alu,
    multiply,
    divide,
    load,
    store,
    load_double,
    store_double,
    load_multiple,
    store_multiple,
    branch,          ///< direct: B, BL, CBZ
    branch_register, ///< BX, BLX, MOV pc, ADD pc
    table_branch,
    fp,
    fp_pair, ///< VMOV of two registers of each kind
    fp_accumulate,
    fp_divide,
    it,
    system,
};

constexpr bool accesses_memory(Kind kind) {
    return (kind >= Kind::load && kind <= Kind::store_multiple) || kind == Kind::table_branch;
}

constexpr bool is_store(Kind kind) {
    return kind == Kind::store || kind == Kind::store_double || kind == Kind::store_multiple;
}

/// What the timing models need to know of an instruction.
struct Instruction {
    u32 pc = 0;
    u8 size = 2; ///< bytes
    Kind kind = Kind::alu;
    u8 accesses = 0;          ///< data accesses, of `width` bytes each
    u8 width = 4;             ///< bytes of one data access
    u8 it_state = 0;          ///< EPSR.IT in which it executes
    bool conditional = false; ///< in an IT block with a condition that may fail
    bool register_offset = false;
    bool writes_pc = false;
    u16 address_sources = 0; ///< registers that form the address, one bit each
    u16 sources = 0;         ///< all registers read
    u16 destinations = 0;    ///< registers written
    u16 base_writeback = 0;  ///< those of `destinations` that are an updated base
    u32 fp_sources = 0;      ///< single registers
    u32 fp_destinations = 0;
};

inline constexpr unsigned longest_block = 64;

/// Keeps account of the data accesses and choices of a block as it executes, for the timing
/// models: a slot for each instruction that makes any.
struct Trace {
    /// An access of which more than its kind matters.
    static constexpr u8 irregular = 0xFF;

    std::array<u32, longest_block> addresses; ///< of the (first) access
    /// 0: the instruction's condition failed. Otherwise 1, or a division's cycles, or the kind of
    /// the access: see Regions::kind.
    alignas(8) std::array<u8, longest_block> kinds;
    /// The kinds of eight slots.
    u64 kinds_from(u32 slot) const {
        u64 result;
        std::memcpy(&result, kinds.data() + slot, sizeof result);
        return result;
    }
};

/// Whether an instruction has a slot in the trace.
constexpr bool is_traced(const Instruction& instruction) {
    return instruction.conditional || instruction.kind == Kind::divide ||
           accesses_memory(instruction.kind);
}

/// How the last block was left.
enum class Exit : u8 {
    next,     ///< to the instruction after it
    taken,    ///< to its direct branch target
    indirect, ///< to Core::pc
    left,     ///< after Core::stopped_at, because something needs attention
    diverted, ///< after Core::stopped_at, to something other than an instruction
    aborted,  ///< at Core::stopped_at, which did not complete
};

struct BlockTiming;

/// Instructions that execute one after the other.
struct Block {
    u32 pc = 0;
    u32 end = 0;              ///< address after its last instruction
    u32 target = 0;           ///< of its direct branch
    u8 it_state = 0;          ///< EPSR.IT on entry
    u8 end_it_state = 0;      ///< EPSR.IT after its last instruction
    bool pure = true;         ///< writes no memory and no system register: see Core::skip_wait
    u8 differing = 0;         ///< how often it closed a loop whose iterations differ
    u32 until_translated = 0; ///< executions, see Translator
    u32 count = 0;            ///< instructions
    u32 cost = 0;             ///< T2 cycles, its branch not taken
    u32 taken_cost = 0;       ///< more cycles when it is taken or indirect
    Cycles bound = 0;         ///< more cycles than it can ever take, in the tier of the run
    u32 carry = 0;            ///< T2: see timing/manual.hpp
    Block* next[2] = {nullptr, nullptr};
    std::vector<Op> ops;
    std::vector<Instruction> instructions;
    std::vector<u8> traced; ///< the instructions that have a slot in the trace, in order
    // T3: see timing/memo.cpp.
    bool can_remember = true;
    u64 traced_mask = 0;               ///< what of the trace's first eight kinds is its own
    std::vector<BlockTiming*> timings; ///< what is known of it
    u64 executions = 0;
    u64 executed_cycles = 0;
};

} // namespace tinysim
