#include "x86_code.hpp"

namespace tinysim {

using namespace x86;

void X86Code::set_nz() {
    out.mov(core(layout_.n), eax);
    out.mov(core(layout_.z), eax);
}

If X86Code::and_not_zero(If holds) {
    out.set(holds, eax);
    out.alu(Do::cmp, core(layout_.z), u32{0});
    out.set(If::not_equal, ecx);
    out.movzx8(eax, eax);
    out.movzx8(ecx, ecx);
    out.test(eax, ecx);
    return If::not_equal;
}

If X86Code::test(unsigned condition) {
    // In pairs: a condition with an odd number is the opposite of the one before it.
    If holds = If::equal;
    switch (condition >> 1) {
    case 0: // EQ
        out.alu(Do::cmp, core(layout_.z), u32{0});
        break;
    case 1: // CS
        out.alu(Do::cmp, core(layout_.c), u32{0});
        holds = If::not_equal;
        break;
    case 2: // MI
        out.alu(Do::cmp, core(layout_.n), u32{0});
        holds = If::negative;
        break;
    case 3: // VS
        out.alu(Do::cmp, core(layout_.v), u32{0});
        holds = If::negative;
        break;
    case 4: // HI: a carry, and not zero
        out.alu(Do::cmp, core(layout_.c), u32{0});
        holds = and_not_zero(If::not_equal);
        break;
    case 5: // GE
        out.mov(eax, core(layout_.n));
        out.alu(Do::xor_, eax, core(layout_.v));
        holds = If::not_negative;
        break;
    default: // GT: as GE, and not zero
        out.mov(eax, core(layout_.n));
        out.alu(Do::xor_, eax, core(layout_.v));
        holds = and_not_zero(If::not_negative);
        break;
    }
    return (condition & 1) != 0 ? opposite(holds) : holds;
}

void X86Code::set_register(unsigned number, u32 value) { out.mov(r(number), value); }

HostCode::Place X86Code::jump_unless(unsigned condition, u8 slot) {
    const If holds = test(condition);
    if (traces_) { // which leaves the host's flags alone
        out.set(holds, eax);
        out.store8(core(layout_.kinds + slot), eax);
    }
    return out.jump(opposite(holds));
}

void X86Code::leave_block(Exit how) {
    if (how != Exit::next) // as it is already
        out.mov(core(layout_.exit), static_cast<u32>(how));
    out.ret();
}

void X86Code::leave_block_if(If condition) {
    static_assert(static_cast<int>(Exit::next) == 0 && static_cast<int>(Exit::taken) == 1);
    out.set(condition, eax);
    out.movzx8(eax, eax);
    out.mov(core(layout_.exit), eax);
    out.ret();
}

void X86Code::leave_block_if(unsigned condition) { leave_block_if(test(condition)); }

void X86Code::leave_block_if_zero(unsigned reg, bool is) {
    out.alu(Do::cmp, r(reg), u32{0});
    leave_block_if(is ? If::equal : If::not_equal);
}

void X86Code::take_back(u32 cycles) { out.alu(Do::sub, core(layout_.beyond_manual), cycles); }

void X86Code::advance(u32 op) {
    if (op != 0)
        out.lea64(esi, Mem{esi, static_cast<i32>(op * sizeof(Op))});
}

void X86Code::go_on(u32 op) {
    advance(op);
    out.jump_to(Mem{esi});
}

void X86Code::go_on(u32 op, Handler handler) {
    advance(op);
    out.mov64(eax, reinterpret_cast<u64>(handler));
    out.jump_to(eax);
}

} // namespace tinysim
