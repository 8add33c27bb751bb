#pragma once

#include "../../op.hpp"
#include "assembler.hpp"

#include <functional>
#include <unordered_map>
#include <vector>

namespace tinysim {

/// Where the core has what translated code reads and writes, in bytes from its start.
struct CoreLayout {
    explicit CoreLayout(const Core& core);
    i32 r, n, z, c, v, q, addresses, kinds, exit, beyond_manual, readable, writable;
    const u8* access_kinds;
};

/// The translation of a run of operations of a block to x86-64. The code is a handler: RDI is
/// the core and RSI the run's first operation. It keeps the table of kinds of accesses in RDX and
/// the page tables in R9 and R10, and computes in EAX, ECX, R8 and R11, which all are the callee's
/// to change; the registers of the core stay where they are.
class Translation {
public:
    Translation(const CoreLayout& layout, bool traces) : layout_(layout), traces_(traces) {}

    // ---- for the emitters
    x86::Assembler out;
    const CoreLayout& at() const { return layout_; }
    x86::Mem core(i32 offset) const { return {x86::edi, offset}; }
    x86::Mem r(unsigned number, i32 byte = 0) const {
        return core(layout_.r + 4 * static_cast<i32>(number) + byte);
    }
    /// Sets the condition flags N and Z by EAX.
    void set_nz();
    /// Compares so that the host's condition holds when the core's does.
    x86::If test(unsigned condition);
    /// The host address of what lies at the address in EAX, but for EAX itself: in RCX. Leaves it
    /// to the handler where that is no plain memory, or not aligned.
    void find(bool write, u32 width, u32 bytes);
    /// Leaves this operation, of which nothing has been done, to its handler.
    void leave_if(x86::If condition) { slow_.push_back({out.jump(condition), now_}); }
    /// The trace gets the access to the address in EAX that has just been found.
    void note_access(const Op& op);
    /// Goes on behind the instruction that the guard `op` stands before when the condition fails.
    void skip_unless(unsigned condition, const Op& op);
    /// Ends the block. EXIT as the core means it.
    void end_block(Exit how);
    void end_block_if(unsigned condition);
    void end_block_if(x86::If condition);

    // ---- for the translator
    /// Begins with what the operations need, as it has turned out when they were tried.
    void begin(const Translation& tried);
    void begin_op(u32 number);
    /// Goes on with the operation behind the run.
    void finish(u32 count, const std::vector<Handler>& handlers);

private:
    /// The host's condition for `holds` together with the core's NE.
    x86::If and_not_zero(x86::If holds);
    void go_to(u32 op);

    struct Jump {
        x86::Assembler::Place from;
        u32 op;
        u32 cycles = 0;
    };
    const CoreLayout& layout_;
    bool traces_;
    bool ended_ = false; ///< the last operation ended the block
    bool uses_kinds_ = false, uses_readable_ = false, uses_writable_ = false;
    u32 now_ = 0;
    std::vector<x86::Assembler::Place> begins_;
    std::vector<Jump> slow_, skips_;
};

/// Writes the code of an operation; false, and nothing written: it is left to its handler.
using Emitter = std::function<bool(Translation&, const Op&)>;
/// What there is an emitter for, by what it executes.
using Emitters = std::unordered_map<Handler, Emitter>;

void add_data_processing(Emitters& all);
void add_multiply(Emitters& all);
void add_dsp(Emitters& all);
void add_load_store(Emitters& all);
void add_branch(Emitters& all);

} // namespace tinysim
