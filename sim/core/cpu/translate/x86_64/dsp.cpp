#include "x86_code.hpp"

#include <utility>

namespace tinysim {

using namespace x86;

void X86Code::saturate(const Op& op, u32 low, u32 high) {
    out.mov(eax, r(op.rn));
    const u32 shift = op.aux & 31;
    if ((op.aux & 32) != 0)
        out.shift(Shift::sar, eax, shift);
    else if (shift != 0)
        out.shift(Shift::shl, eax, shift);
    out.mov(r8d, eax);
    for (const auto& [bound, beyond] : {std::pair{high, If::greater}, std::pair{low, If::less}}) {
        out.mov(ecx, bound);
        out.alu(Do::cmp, eax, ecx);
        out.cmov(beyond, eax, ecx);
    }
    out.alu(Do::cmp, eax, r8d);
    out.set(If::not_equal, ecx);
    out.or8(core(layout_.q), ecx);
    out.mov(r(op.rd), eax);
}

void X86Code::pack(const Op& op, bool top) {
    out.mov(ecx, r(op.rm));
    if (op.aux != 0)
        out.shift(top ? Shift::sar : Shift::shl, ecx, op.aux > 31 ? 31 : op.aux);
    out.mov(eax, r(op.rn));
    out.alu(Do::and_, eax, top ? 0xFFFF0000u : 0xFFFFu);
    out.alu(Do::and_, ecx, top ? 0xFFFFu : 0xFFFF0000u);
    out.alu(Do::or_, eax, ecx);
    out.mov(r(op.rd), eax);
}

} // namespace tinysim
