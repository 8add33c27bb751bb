#pragma once

#include "../execute/data_processing.hpp"
#include "../execute/load_store.hpp"
#include "../execute/multiply.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace tinysim {

/// Where the core has what translated code reads and writes, in bytes from its start.
struct CoreLayout {
    explicit CoreLayout(const Core& core);
    i32 r, n, z, c, v, q, addresses, kinds, exit, beyond_manual, readable, writable;
    const u8* access_kinds;
};

/// The host's code for a run of operations of a block. It is a handler: it gets the core and the
/// run's first operation, and the registers and flags of the core stay where they are. What the
/// hosts differ in is virtual; what an instruction is made of, and what is left to its handler,
/// is said once, by the emitters.
class HostCode {
public:
    HostCode(const CoreLayout& layout, bool traces) : layout_(layout), traces_(traces) {}
    virtual ~HostCode() = default;

    // ---- for the translator
    /// Begins with what the operations need, as it has turned out when they were tried.
    void begin(const HostCode& tried);
    void begin_op(u32 number);
    /// Goes on with the operation behind the run.
    void finish(u32 count, const std::vector<Handler>& handlers);
    virtual std::span<const std::byte> bytes() const = 0;

    // ---- for the emitters: what computes
    /// rd = rn (alu) operand, of those whose carry is the shifter's. Shifts are by 1 to 31.
    virtual void logical(const Op& op, Alu alu, Operand operand, bool set_flags) = 0;
    /// The same of those that add or subtract; ADC without flags.
    virtual void sum(const Op& op, Alu alu, Operand operand, bool set_flags) = 0;
    /// Shifts by a register: its low byte, of which 32 and more leave nothing but signs.
    virtual void shift(const Op& op, Operand operand) = 0;
    virtual void extend(const Op& op, Extend extend, bool add) = 0;
    virtual void reverse_bytes(const Op& op) = 0;
    virtual void movt(const Op& op) = 0;
    virtual void bfi(const Op& op) = 0;
    virtual void bfc(const Op& op) = 0;
    virtual void ubfx(const Op& op) = 0;
    virtual void sbfx(const Op& op) = 0;
    virtual void multiply(const Op& op, bool set_flags) = 0;
    virtual void multiply_accumulate(const Op& op, bool subtract) = 0;
    virtual void multiply_long(const Op& op, Long kind) = 0;
    /// These two leave what sets Q to the handler.
    virtual void multiply_halves(const Op& op, bool accumulate, bool top_n, bool top_m) = 0;
    virtual void multiply_dual(const Op& op, bool accumulate) = 0;
    virtual void multiply_most(const Op& op, Most kind, bool round) = 0;
    /// The nearer bound of what does not fit, and Q.
    virtual void saturate(const Op& op, u32 low, u32 high) = 0;
    virtual void pack(const Op& op, bool top) = 0;
    virtual void set_register(unsigned number, u32 value) = 0;

    // ---- what accesses memory
    /// Finds the `bytes` that the instruction accesses in units of `width`, and tells the trace.
    void access(const Op& op, Address address, bool write, u32 width, u32 bytes);
    /// The same from `before` bytes below the base on.
    void access_multiple(const Op& op, bool write, u32 before, u32 bytes);
    /// What is read from there waits until a register is given it.
    virtual void read(Width width) = 0;
    virtual void read_two() = 0;
    virtual void give(unsigned reg) = 0;
    virtual void give_two(unsigned reg, unsigned other) = 0;
    virtual void write(unsigned reg, Width width) = 0;
    virtual void write_two(unsigned reg, unsigned other) = 0;
    virtual void add(unsigned reg, u32 value) = 0;
    /// Words from the lowest address of several on.
    virtual void read_word(u32 offset, unsigned reg) = 0;
    virtual void write_word(u32 offset, unsigned reg) = 0;
    /// The register gets the lowest address, and `more`.
    virtual void give_address(unsigned reg, u32 more) = 0;

    // ---- what branches
    /// Goes on behind the instruction that the guard `op` stands before when the condition fails.
    void skip_unless(unsigned condition, const Op& op);
    void end_block(Exit how);
    /// With the branch taken when the condition holds, or the register is zero or is not.
    void end_block_if(unsigned condition);
    void end_block_if_zero(unsigned reg, bool is);

protected:
    using Place = std::size_t;
    /// The tables that the operations of the run look things up in.
    struct Needs {
        bool kinds = false, readable = false, writable = false;
    };

    /// By this jump the operation, of which nothing has been done, is left to its handler.
    void leave_by(Place jump) { slow_.push_back({jump, now_}); }

    const CoreLayout& layout_;
    const bool traces_;

private:
    struct Jump {
        Place from;
        u32 op;
        u32 cycles = 0;
    };

    /// Loads the tables that the operations need.
    virtual void load_tables(const Needs& needs) = 0;
    virtual void load_address(const Op& op, Address address) = 0;
    virtual void load_base(unsigned reg, u32 before) = 0;
    /// Finds where the address is in the host's memory; leaves the operation to the handler
    /// where that is no plain memory, not aligned, or not on one page.
    virtual void find(bool write, u32 width, u32 bytes) = 0;
    /// Makes what has been found the lowest address of several.
    virtual void keep_place() = 0;
    virtual void note_access(u8 slot) = 0;
    void reach(const Op& op, bool write, u32 width, u32 bytes);
    /// Jumps when the condition fails, of which the trace is told.
    virtual Place jump_unless(unsigned condition, u8 slot) = 0;
    virtual void leave_block(Exit how) = 0;
    virtual void leave_block_if(unsigned condition) = 0;
    virtual void leave_block_if_zero(unsigned reg, bool is) = 0;
    virtual Place here() const = 0;
    virtual Place jump() = 0;
    virtual void land(Place jump, Place at) = 0;
    virtual void take_back(u32 cycles) = 0;
    /// Goes on with the operation so many behind the first, by its handler as it is then, or by
    /// the one that it had before the run took its place.
    virtual void go_on(u32 op) = 0;
    virtual void go_on(u32 op, Handler handler) = 0;

    bool ended_ = false; ///< the last operation ended the block
    Needs needs_;
    u32 now_ = 0;
    std::vector<Place> begins_;
    std::vector<Jump> slow_, skips_;
};

/// Writes the code of an operation; false, and nothing written: it is left to its handler.
using Emitter = std::function<bool(HostCode&, const Op&)>;
/// What there is an emitter for, by what it executes.
using Emitters = std::unordered_map<Handler, Emitter>;

/// The emitter of what is the same to all hosts and never left to its handler.
template <class... Stated>
Emitter always(void (HostCode::*write)(const Op&, Stated...), Stated... stated) {
    return [=](HostCode& to, const Op& op) {
        (to.*write)(op, stated...);
        return true;
    };
}

void add_data_processing(Emitters& all);
void add_multiply(Emitters& all);
void add_dsp(Emitters& all);
void add_load_store(Emitters& all);
void add_branch(Emitters& all);

} // namespace tinysim
