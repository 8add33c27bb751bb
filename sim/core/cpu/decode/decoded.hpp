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
    bool other = false;    ///< belongs to another encoding: see_another

    bool in_it() const { return (info.it_state & 15) != 0; } ///< InITBlock()
    /// Align(PC, 4), from which literals and ADR count.
    u32 aligned_pc() const { return (op.pc + 4) & ~3u; }

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
    void run_fp(Handler handler) {
        fp = true;
        run(handler);
    }
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
    /// The manual's SEE: the code belongs to another encoding whose pattern matches it.
    void see_another() { other = true; }
    void undefined() {
        *this = Decoded{op_at(op.pc), info_at(info)};
        ends = impure = true;
        run(undefined_handler());
    }
    /// Undefined, but of the floating-point unit's coprocessors: NOCP goes first.
    void undefined_fp() {
        undefined();
        fp = true;
    }
    void fp_source(unsigned single, unsigned count = 1) {
        info.fp_sources |= singles(single, count);
    }
    void fp_destination(unsigned single, unsigned count = 1) {
        info.fp_destinations |= singles(single, count);
    }

private:
    static u32 singles(unsigned first, unsigned count) {
        return static_cast<u32>(((u64{1} << count) - 1) << first);
    }
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

} // namespace tinysim
