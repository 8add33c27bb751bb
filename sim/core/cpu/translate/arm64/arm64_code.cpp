#include "arm64_code.hpp"

namespace tinysim {

using namespace arm64;

void Arm64Code::set_nz() {
    store(core(layout_.n), r2);
    store(core(layout_.z), r2);
}

If Arm64Code::test(unsigned condition) {
    // In pairs: a condition with an odd number is the opposite of the one before it.
    constexpr u32 zero_flag = 4, negative_flag = 8;
    If holds = If::equal;
    switch (condition >> 1) {
    case 0: // EQ
        load(r2, core(layout_.z));
        out.compare(r2, 0);
        break;
    case 1: // CS
        load(r2, core(layout_.c));
        out.compare(r2, 0);
        holds = If::not_equal;
        break;
    case 2: // MI
        load(r2, core(layout_.n));
        out.compare(r2, 0);
        holds = If::negative;
        break;
    case 3: // VS
        load(r2, core(layout_.v));
        out.compare(r2, 0);
        holds = If::negative;
        break;
    case 4: // HI: a carry, and not zero
        load(r2, core(layout_.c));
        load(r3, core(layout_.z));
        out.compare(r2, 0);
        out.compare_if(If::not_equal, r3, 0, zero_flag);
        holds = If::not_equal;
        break;
    case 5: // GE
        load(r2, core(layout_.n));
        load(r3, core(layout_.v));
        out.alu(Do::eor, r2, r2, r3);
        out.compare(r2, 0);
        holds = If::not_negative;
        break;
    default: // GT: not zero, and as GE
        load(r2, core(layout_.n));
        load(r3, core(layout_.v));
        load(r4, core(layout_.z));
        out.alu(Do::eor, r2, r2, r3);
        out.compare(r4, 0);
        out.compare_if(If::not_equal, r2, 0, negative_flag);
        holds = If::not_negative;
        break;
    }
    return (condition & 1) != 0 ? opposite(holds) : holds;
}

void Arm64Code::set_register(unsigned number, u32 value) {
    out.constant(r2, value);
    store(r(number), r2);
}

HostCode::Place Arm64Code::jump_unless(unsigned condition, u8 slot) {
    const If holds = test(condition);
    if (traces_) {
        out.set(holds, r2);
        out.move(Move::strb, r2, core(layout_.kinds + slot));
    }
    return out.jump(opposite(holds));
}

void Arm64Code::leave_block(Exit how) {
    if (how != Exit::next) { // as it is already
        out.constant(r2, static_cast<u32>(how));
        out.move(Move::strb, r2, core(layout_.exit));
    }
    out.ret();
}

void Arm64Code::leave_block_if(If condition) {
    static_assert(static_cast<int>(Exit::next) == 0 && static_cast<int>(Exit::taken) == 1);
    out.set(condition, r2);
    out.move(Move::strb, r2, core(layout_.exit));
    out.ret();
}

void Arm64Code::leave_block_if(unsigned condition) { leave_block_if(test(condition)); }

void Arm64Code::leave_block_if_zero(unsigned reg, bool is) {
    load(r2, r(reg));
    out.compare(r2, 0);
    leave_block_if(is ? If::equal : If::not_equal);
}

void Arm64Code::take_back(u32 cycles) {
    load(r2, core(layout_.beyond_manual));
    out.add(r2, r2, 0 - cycles);
    store(core(layout_.beyond_manual), r2);
}

void Arm64Code::advance(u32 op) {
    if (op != 0)
        out.alu64(Do::add, r1, r1, op * static_cast<u32>(sizeof(Op)));
}

// By X16, the register that a function may be jumped to by where branch targets are checked (DDI
// 0487 C6.2, BTI).
void Arm64Code::go_on(u32 op) {
    advance(op);
    out.move(Move::ldr64, r16, {r1});
    out.jump_to(r16);
}

void Arm64Code::go_on(u32 op, Handler handler) {
    advance(op);
    out.constant64(r16, reinterpret_cast<u64>(handler));
    out.jump_to(r16);
}

} // namespace tinysim
