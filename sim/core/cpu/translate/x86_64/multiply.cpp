#include "x86_code.hpp"

namespace tinysim {

using namespace x86;

void X86Code::multiply(const Op& op, bool set_flags) {
    out.mov(eax, r(op.rn));
    out.imul(eax, r(op.rm));
    out.mov(r(op.rd), eax);
    if (set_flags)
        set_nz();
}

/// EAX times ECX, or what is added to it, or taken from it.
void X86Code::multiply_accumulate(const Op& op, bool subtract) {
    out.mov(eax, r(op.rn));
    out.imul(eax, r(op.rm));
    if (subtract) {
        out.mov(ecx, r(op.ra));
        out.alu(Do::sub, ecx, eax);
        out.mov(r(op.rd), ecx);
    } else {
        out.alu(Do::add, eax, r(op.ra));
        out.mov(r(op.rd), eax);
    }
}

void X86Code::multiply_long(const Op& op, Long kind) {
    if (kind == Long::smull || kind == Long::smlal) {
        out.movsx32to64(eax, r(op.rn));
        out.movsx32to64(ecx, r(op.rm));
    } else {
        out.mov(eax, r(op.rn));
        out.mov(ecx, r(op.rm));
    }
    out.imul64(eax, ecx);
    if (kind == Long::smlal || kind == Long::umlal) {
        out.mov(ecx, r(op.ra));
        out.shift64(Shift::shl, ecx, 32);
        out.mov(r8d, r(op.rd));
        out.alu64(Do::or_, ecx, r8d);
        out.alu64(Do::add, eax, ecx);
    }
    out.mov(r(op.rd), eax);
    out.shift64(Shift::shr, eax, 32);
    out.mov(r(op.ra), eax);
}

void X86Code::multiply_halves(const Op& op, bool accumulate, bool top_n, bool top_m) {
    out.movsx16(eax, r(op.rn, top_n ? 2 : 0));
    out.movsx16(ecx, r(op.rm, top_m ? 2 : 0));
    out.imul(eax, ecx);
    if (accumulate) {
        out.alu(Do::add, eax, r(op.ra));
        leave_if(If::overflow);
    }
    out.mov(r(op.rd), eax);
}

/// The one sum of products that does not fit is that of four times -32768.
void X86Code::multiply_dual(const Op& op, bool accumulate) {
    out.movd(xmm0, r(op.rn));
    out.movd(xmm1, r(op.rm));
    out.pmaddwd(xmm0, xmm1);
    out.movd(eax, xmm0);
    out.alu(Do::cmp, eax, 0x80000000u);
    leave_if(If::equal);
    if (accumulate) {
        out.alu(Do::add, eax, r(op.ra));
        leave_if(If::overflow);
    }
    out.mov(r(op.rd), eax);
}

void X86Code::multiply_most(const Op& op, Most kind, bool round) {
    out.movsx32to64(eax, r(op.rn));
    out.movsx32to64(ecx, r(op.rm));
    out.imul64(eax, ecx);
    if (kind == Most::smmla) {
        out.mov(ecx, r(op.ra));
        out.shift64(Shift::shl, ecx, 32);
        out.alu64(Do::add, eax, ecx);
    }
    if (round) {
        out.mov(ecx, 0x80000000u);
        out.alu64(Do::add, eax, ecx);
    }
    out.shift64(Shift::shr, eax, 32);
    out.mov(r(op.rd), eax);
}

} // namespace tinysim
