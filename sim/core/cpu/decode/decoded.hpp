#pragma once

#include "../execute/branch.hpp"
#include "../execute/data_processing.hpp"
#include "../execute/dsp.hpp"
#include "../execute/floating_point.hpp"
#include "../execute/load_store.hpp"
#include "../execute/multiply.hpp"
#include "../execute/system.hpp"
#include "../op.hpp"

namespace tinysim {

/// One instruction on its way from its encoding into a block.
struct Decoded {
    Op op;
    Instruction info;
    bool ends = false;     ///< ends its block
    bool direct = false;   ///< `op.imm` is the target of its branch
    bool fp = false;       ///< needs the floating-point unit
    bool reads_pc = false; ///< has PC as a plain source register
    bool impure = false;   ///< writes memory or system state: no part of a waiting loop

    void source(unsigned reg) {
        info.sources |= static_cast<u16>(1u << reg);
        if (reg == 15)
            reads_pc = true;
    }
    void destination(unsigned reg) { info.destinations |= static_cast<u16>(1u << reg); }
    void rd(unsigned reg) {
        op.rd = static_cast<u8>(reg);
        destination(reg);
    }
    void rn(unsigned reg) {
        op.rn = static_cast<u8>(reg);
        source(reg);
    }
    void rm(unsigned reg) {
        op.rm = static_cast<u8>(reg);
        source(reg);
    }
    void ra(unsigned reg) {
        op.ra = static_cast<u8>(reg);
        source(reg);
    }
    void base(unsigned reg) {
        rn(reg);
        info.address_sources |= static_cast<u16>(1u << reg);
    }
    void index(unsigned reg) {
        rm(reg);
        info.address_sources |= static_cast<u16>(1u << reg);
        info.register_offset = true;
    }
    void written_base(unsigned reg) {
        destination(reg);
        info.base_writeback |= static_cast<u16>(1u << reg);
    }
    void run(Handler handler) { op.run = handler; }
    void memory(Kind kind, unsigned width, unsigned accesses = 1) {
        info.kind = kind;
        info.width = static_cast<u8>(width);
        info.accesses = static_cast<u8>(accesses);
        impure = kind == Kind::store || kind == Kind::store_double || kind == Kind::store_multiple;
    }
    void alu(Alu alu, Operand operand, bool set_flags) {
        run(alu_handler(alu, operand, set_flags));
    }
    void branch(u32 target, Handler handler) {
        op.imm = target;
        info.kind = Kind::branch;
        info.writes_pc = ends = direct = true;
        run(handler);
    }
    void indirect(Kind kind, Handler handler) {
        info.kind = kind;
        info.writes_pc = ends = true;
        run(handler);
    }
    void system(Handler handler) {
        info.kind = Kind::system;
        ends = impure = true;
        run(handler);
    }
    void undefined() {
        *this = Decoded{op_at(op.pc), info_at(info)};
        ends = impure = true;
        run(undefined_handler());
    }

private:
    static Op op_at(u32 pc) {
        Op op;
        op.pc = pc;
        return op;
    }
    static Instruction info_at(const Instruction& from) {
        Instruction info;
        info.pc = from.pc;
        info.size = from.size;
        info.it_state = from.it_state;
        return info;
    }
};

/// `in_it`: the instruction stands in an IT block, where 16-bit ones set no flags.
void decode_thumb16(Decoded& out, u32 code, bool in_it);
void decode_thumb32(Decoded& out, u32 code);

// The parts of decode_thumb32 (DDI0403 A5.3); `code` has the first half-word on top.
void decode_modified_immediate(Decoded& out, u32 code);
void decode_plain_immediate(Decoded& out, u32 code);
void decode_branch_and_control(Decoded& out, u32 code);
void decode_multiple(Decoded& out, u32 code);
void decode_double_and_exclusive(Decoded& out, u32 code);
void decode_single_access(Decoded& out, u32 code);
void decode_shifted_register(Decoded& out, u32 code);
void decode_register(Decoded& out, u32 code);
void decode_multiply(Decoded& out, u32 code);
void decode_long_multiply(Decoded& out, u32 code);
void decode_coprocessor(Decoded& out, u32 code);

/// A hint by its number (A5.2.5, A5.3.4).
void decode_hint(Decoded& out, unsigned number);

/// A shift by a constant as a register operand; sets `op.imm`.
Operand decode_shift(Decoded& out, unsigned type, unsigned amount);

} // namespace tinysim
