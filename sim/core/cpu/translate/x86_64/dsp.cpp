#include "../../execute/dsp.hpp"

#include "x86_code.hpp"

namespace tinysim {
namespace {

using namespace x86;

/// SSAT and USAT: the nearer bound of what does not fit, and Q.
bool translate_saturate(Translation& to, const Op& op, bool is_signed) {
    const u32 width = is_signed ? op.imm - 1 : op.imm;
    const u32 high = width == 32 ? 0xFFFFFFFF : (1u << width) - 1;
    const u32 low = is_signed ? ~high : 0;
    auto& out = to.out;
    out.mov(eax, to.r(op.rn));
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
    out.or8(to.core(to.at().q), ecx);
    out.mov(to.r(op.rd), eax);
    return true;
}

bool translate_pack(Translation& to, const Op& op, bool top) {
    auto& out = to.out;
    out.mov(ecx, to.r(op.rm));
    if (op.aux != 0)
        out.shift(top ? Shift::sar : Shift::shl, ecx, op.aux > 31 ? 31 : op.aux);
    out.mov(eax, to.r(op.rn));
    out.alu(Do::and_, eax, top ? 0xFFFF0000u : 0xFFFFu);
    out.alu(Do::and_, ecx, top ? 0xFFFFu : 0xFFFF0000u);
    out.alu(Do::or_, eax, ecx);
    out.mov(to.r(op.rd), eax);
    return true;
}

} // namespace

void add_dsp(Emitters& all) {
    for (const bool is_signed : {false, true})
        all[saturate_handler(is_signed)] = [is_signed](Translation& to, const Op& op) {
            return translate_saturate(to, op, is_signed);
        };
    for (const bool top : {false, true})
        all[pack_handler(top)] = [top](Translation& to, const Op& op) {
            return translate_pack(to, op, top);
        };
}

} // namespace tinysim
