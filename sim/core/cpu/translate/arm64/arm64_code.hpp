#pragma once

#include "../host_code.hpp"
#include "assembler.hpp"

namespace tinysim {

/// Code for arm64, as AAPCS64 calls it: X0 is the core and X1 the run's first operation. It keeps
/// the page tables in X9 and X10 and the table of kinds of accesses in X11, and computes in X2 to
/// X6 and X16, which all are the callee's to change. It has no frame: the stack pointer, and with
/// it its alignment, and the link register stay as they are until a handler or RET has its turn.
class Arm64Code final : public HostCode {
public:
    using HostCode::HostCode;
    std::span<const std::byte> bytes() const override {
        return std::as_bytes(std::span(out.code()));
    }

    void logical(const Op& op, Alu alu, Operand operand, bool set_flags) override;
    void sum(const Op& op, Alu alu, Operand operand, bool set_flags) override;
    void shift(const Op& op, Operand operand) override;
    void extend(const Op& op, Extend extend, bool add) override;
    void reverse_bytes(const Op& op) override;
    void movt(const Op& op) override;
    void bfi(const Op& op) override;
    void bfc(const Op& op) override;
    void ubfx(const Op& op) override;
    void sbfx(const Op& op) override;
    void multiply(const Op& op, bool set_flags) override;
    void multiply_accumulate(const Op& op, bool subtract) override;
    void multiply_long(const Op& op, Long kind) override;
    void multiply_halves(const Op& op, bool accumulate, bool top_n, bool top_m) override;
    void multiply_dual(const Op& op, bool accumulate) override;
    void multiply_most(const Op& op, Most kind, bool round) override;
    void saturate(const Op& op, u32 low, u32 high) override;
    void pack(const Op& op, bool top) override;
    void set_register(unsigned number, u32 value) override;

    void read(Width width) override;
    void read_two() override;
    void give(unsigned reg) override;
    void give_two(unsigned reg, unsigned other) override;
    void write(unsigned reg, Width width) override;
    void write_two(unsigned reg, unsigned other) override;
    void add(unsigned reg, u32 value) override;
    void read_word(u32 offset, unsigned reg) override;
    void write_word(u32 offset, unsigned reg) override;
    void give_address(unsigned reg, u32 more) override;

private:
    void load_tables(const Needs& needs) override;
    void load_address(const Op& op, Address address) override;
    void load_base(unsigned reg, u32 before) override;
    /// The host address of what lies at the address in W2, but for W2 itself: in X3.
    void find(bool write, u32 width, u32 bytes) override;
    void keep_place() override;
    void note_access(u8 slot) override;
    Place jump_unless(unsigned condition, u8 slot) override;
    void leave_block(Exit how) override;
    void leave_block_if(unsigned condition) override;
    void leave_block_if_zero(unsigned reg, bool is) override;
    Place here() const override { return out.here(); }
    Place jump() override { return out.jump(); }
    void land(Place jump, Place at) override { out.land(jump, at); }
    void take_back(u32 cycles) override;
    void go_on(u32 op) override;
    void go_on(u32 op, Handler handler) override;

    arm64::Mem core(i32 offset) const { return {arm64::r0, static_cast<u32>(offset)}; }
    arm64::Mem r(unsigned number, u32 byte = 0) const {
        return core(layout_.r + static_cast<i32>(4 * number + byte));
    }
    void load(arm64::Reg to, arm64::Mem from) { out.move(arm64::Move::ldr, to, from); }
    void store(arm64::Mem to, arm64::Reg from) { out.move(arm64::Move::str, from, to); }
    /// The second operand in W3; where `carry` is wanted, the shifter's is stored.
    void load_operand(const Op& op, Operand operand, bool carry);
    /// Half a register, with its sign.
    void load_half(arm64::Reg to, unsigned number, bool top);
    /// Sets the condition flags N and Z by W2.
    void set_nz();
    /// Compares so that the host's condition holds when the core's does.
    arm64::If test(unsigned condition);
    void leave_if(arm64::If condition) { leave_by(out.jump(condition)); }
    /// Leaves it to the handler where the sum in X2 has more than 32 bits.
    void leave_if_wide();
    void leave_block_if(arm64::If condition);
    void advance(u32 op);

    arm64::Assembler out;
};

} // namespace tinysim
