#include "../../execute/multiply.hpp"

#include "x86_code.hpp"

namespace tinysim {
namespace {

using namespace x86;

/// EAX times ECX, or what is added to it, or taken from it.
bool translate_mla(Translation& to, const Op& op, bool subtract) {
    auto& out = to.out;
    out.mov(eax, to.r(op.rn));
    out.imul(eax, to.r(op.rm));
    if (subtract) {
        out.mov(ecx, to.r(op.ra));
        out.alu(Do::sub, ecx, eax);
        out.mov(to.r(op.rd), ecx);
    } else {
        out.alu(Do::add, eax, to.r(op.ra));
        out.mov(to.r(op.rd), eax);
    }
    return true;
}

bool translate_long(Translation& to, const Op& op, Long kind) {
    if (kind == Long::umaal)
        return false;
    auto& out = to.out;
    if (kind == Long::smull || kind == Long::smlal) {
        out.movsx32to64(eax, to.r(op.rn));
        out.movsx32to64(ecx, to.r(op.rm));
    } else {
        out.mov(eax, to.r(op.rn));
        out.mov(ecx, to.r(op.rm));
    }
    out.imul64(eax, ecx);
    if (kind == Long::smlal || kind == Long::umlal) {
        out.mov(ecx, to.r(op.ra));
        out.shift64(Shift::shl, ecx, 32);
        out.mov(r8d, to.r(op.rd));
        out.alu64(Do::or_, ecx, r8d);
        out.alu64(Do::add, eax, ecx);
    }
    out.mov(to.r(op.rd), eax);
    out.shift64(Shift::shr, eax, 32);
    out.mov(to.r(op.ra), eax);
    return true;
}

/// SMUL<x><y> and SMLA<x><y>. What would set Q is left to the handler.
bool translate_half(Translation& to, const Op& op, bool accumulate, bool top_n, bool top_m) {
    auto& out = to.out;
    out.movsx16(eax, to.r(op.rn, top_n ? 2 : 0));
    out.movsx16(ecx, to.r(op.rm, top_m ? 2 : 0));
    out.imul(eax, ecx);
    if (accumulate) {
        out.alu(Do::add, eax, to.r(op.ra));
        to.leave_if(If::overflow);
    }
    out.mov(to.r(op.rd), eax);
    return true;
}

/// SMUAD and SMLAD. The one sum of products that does not fit is that of four times -32768.
bool translate_dual(Translation& to, const Op& op, bool accumulate) {
    auto& out = to.out;
    out.movd(xmm0, to.r(op.rn));
    out.movd(xmm1, to.r(op.rm));
    out.pmaddwd(xmm0, xmm1);
    out.movd(eax, xmm0);
    out.alu(Do::cmp, eax, 0x80000000u);
    to.leave_if(If::equal);
    if (accumulate) {
        out.alu(Do::add, eax, to.r(op.ra));
        to.leave_if(If::overflow);
    }
    out.mov(to.r(op.rd), eax);
    return true;
}

bool translate_most(Translation& to, const Op& op, Most kind, bool round) {
    if (kind == Most::smmls)
        return false;
    auto& out = to.out;
    out.movsx32to64(eax, to.r(op.rn));
    out.movsx32to64(ecx, to.r(op.rm));
    out.imul64(eax, ecx);
    if (kind == Most::smmla) {
        out.mov(ecx, to.r(op.ra));
        out.shift64(Shift::shl, ecx, 32);
        out.alu64(Do::add, eax, ecx);
    }
    if (round) {
        out.mov(ecx, 0x80000000u);
        out.alu64(Do::add, eax, ecx);
    }
    out.shift64(Shift::shr, eax, 32);
    out.mov(to.r(op.rd), eax);
    return true;
}

} // namespace

void add_multiply(Emitters& all) {
    for (const bool set_flags : {false, true})
        all[mul_handler(set_flags)] = [set_flags](Translation& to, const Op& op) {
            to.out.mov(eax, to.r(op.rn));
            to.out.imul(eax, to.r(op.rm));
            to.out.mov(to.r(op.rd), eax);
            if (set_flags)
                to.set_nz();
            return true;
        };
    for (const bool subtract : {false, true})
        all[mla_handler(subtract)] = [subtract](Translation& to, const Op& op) {
            return translate_mla(to, op, subtract);
        };
    for (const Long kind : {Long::smull, Long::umull, Long::smlal, Long::umlal})
        all[long_multiply_handler(kind)] = [kind](Translation& to, const Op& op) {
            return translate_long(to, op, kind);
        };
    for (const bool accumulate : {false, true}) {
        for (const bool top_n : {false, true})
            for (const bool top_m : {false, true})
                all[half_multiply_handler(accumulate, top_n, top_m)] = [=](Translation& to,
                                                                           const Op& op) {
                    return translate_half(to, op, accumulate, top_n, top_m);
                };
        all[dual_multiply_handler(accumulate, false, false)] = [accumulate](Translation& to,
                                                                            const Op& op) {
            return translate_dual(to, op, accumulate);
        };
    }
    for (const Most kind : {Most::smmul, Most::smmla})
        for (const bool round : {false, true})
            all[most_significant_multiply_handler(kind, round)] =
                [=](Translation& to, const Op& op) { return translate_most(to, op, kind, round); };
}

} // namespace tinysim
