#include "arm64_code.hpp"

namespace tinysim {

using namespace arm64;

void Arm64Code::saturate(const Op& op, u32 low, u32 high) {
    load(r3, r(op.rn));
    const u32 shift = op.aux & 31;
    if ((op.aux & 32) != 0)
        out.asr(r3, r3, shift);
    else if (shift != 0)
        out.lsl(r3, r3, shift);
    out.constant(r4, high);
    out.compare(r3, r4);
    out.select(If::greater, r2, r4, r3);
    out.constant(r4, low);
    out.compare(r3, r4);
    out.select(If::less, r2, r4, r2);
    out.compare(r2, r3);
    out.set(If::not_equal, r3);
    load(r4, core(layout_.q));
    out.alu(Do::orr, r4, r4, r3);
    store(core(layout_.q), r4);
    store(r(op.rd), r2);
}

void Arm64Code::pack(const Op& op, bool top) {
    load(r2, r(op.rn));
    load(r3, r(op.rm));
    if (top) { // the low half is that of RM
        out.asr(r3, r3, op.aux > 31 ? 31 : op.aux);
        out.bfi(r2, r3, 0, 16);
        store(r(op.rd), r2);
    } else {
        if (op.aux != 0)
            out.lsl(r3, r3, op.aux);
        out.bfi(r3, r2, 0, 16);
        store(r(op.rd), r3);
    }
}

} // namespace tinysim
