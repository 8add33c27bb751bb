#include "x86_code.hpp"

#include "../../core.hpp"

namespace tinysim {

using namespace x86;

CoreLayout::CoreLayout(const Core& core) {
    const auto offset = [&core](const void* member) {
        return static_cast<i32>(static_cast<const u8*>(member) -
                                reinterpret_cast<const u8*>(&core));
    };
    r = offset(core.r.data());
    n = offset(&core.n);
    z = offset(&core.z);
    c = offset(&core.c);
    v = offset(&core.v);
    q = offset(&core.q);
    addresses = offset(core.trace.addresses.data());
    kinds = offset(core.trace.kinds.data());
    access_kinds = core.bus.regions.kinds();
    exit = offset(&core.exit);
    beyond_manual = offset(&core.beyond_manual);
    readable = offset(&core.protection.readable);
    writable = offset(&core.protection.writable);
}

void Translation::set_nz() {
    out.mov(core(layout_.n), eax);
    out.mov(core(layout_.z), eax);
}

If Translation::and_not_zero(If holds) {
    out.set(holds, eax);
    out.alu(Do::cmp, core(layout_.z), u32{0});
    out.set(If::not_equal, ecx);
    out.movzx8(eax, eax);
    out.movzx8(ecx, ecx);
    out.test(eax, ecx);
    return If::not_equal;
}

If Translation::test(unsigned condition) {
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

void Translation::find(bool write, u32 width, u32 bytes) {
    (write ? uses_writable_ : uses_readable_) = true;
    if (bytes > width) { // all on one page
        out.mov(ecx, eax);
        out.alu(Do::and_, ecx, Pages::size - 1);
        out.alu(Do::cmp, ecx, Pages::size - bytes);
        leave_if(opposite(If::not_greater));
    }
    out.mov(ecx, eax);
    out.shift(Shift::shr, ecx, Pages::shift);
    if (traces_) {
        uses_kinds_ = true;
        out.movzx8(r8d, Mem{edx, 0, ecx, 1});
    }
    out.mov64(ecx, Mem{write ? r10d : r9d, 0, ecx, 8});
    if (width > 1) {
        out.test8(eax, static_cast<u8>(width - 1));
        leave_if(If::not_equal);
    }
    out.test64(ecx, ecx);
    leave_if(If::equal);
}

void Translation::note_access(const Op& op) {
    if (!traces_)
        return;
    out.mov(core(layout_.addresses + 4 * op.slot), eax);
    out.store8(core(layout_.kinds + op.slot), r8d);
}

void Translation::skip_unless(unsigned condition, const Op& op) {
    const If holds = test(condition);
    if (traces_) { // which leaves the host's flags alone
        out.set(holds, eax);
        out.store8(core(layout_.kinds + op.slot), eax);
    }
    skips_.push_back({out.jump(opposite(holds)), now_ + op.aux, op.skip});
}

void Translation::end_block(Exit how) {
    ended_ = true;
    if (how != Exit::next) // as it is already
        out.mov(core(layout_.exit), static_cast<u32>(how));
    out.ret();
}

void Translation::end_block_if(If condition) {
    ended_ = true;
    static_assert(static_cast<int>(Exit::next) == 0 && static_cast<int>(Exit::taken) == 1);
    out.set(condition, eax);
    out.movzx8(eax, eax);
    out.mov(core(layout_.exit), eax);
    out.ret();
}

void Translation::end_block_if(unsigned condition) { end_block_if(test(condition)); }

void Translation::begin(const Translation& tried) {
    uses_kinds_ = tried.uses_kinds_;
    uses_readable_ = tried.uses_readable_;
    uses_writable_ = tried.uses_writable_;
    // A table of pages is its first entry's address.
    static_assert(sizeof(Pages) == sizeof(void*));
    if (uses_readable_) {
        out.mov64(r9d, core(layout_.readable));
        out.mov64(r9d, Mem{r9d});
    }
    if (uses_writable_) {
        out.mov64(r10d, core(layout_.writable));
        out.mov64(r10d, Mem{r10d});
    }
    if (uses_kinds_)
        out.mov64(edx, reinterpret_cast<u64>(layout_.access_kinds));
}

void Translation::begin_op(u32 number) {
    now_ = number;
    ended_ = false;
    begins_.push_back(out.here());
}

/// On with an operation that is not in the run.
void Translation::go_to(u32 op) {
    if (op != 0)
        out.lea64(esi, Mem{esi, static_cast<i32>(op * sizeof(Op))});
}

void Translation::finish(u32 count, const std::vector<Handler>& handlers) {
    if (!ended_) {
        go_to(count);
        out.jump_to(Mem{esi});
    }
    for (const Jump& skip : skips_) {
        out.land(skip.from, out.here());
        if (skip.cycles != 0)
            out.alu(Do::sub, core(layout_.beyond_manual), skip.cycles);
        if (skip.op < count) {
            out.land(out.jump(), begins_[skip.op]);
        } else {
            go_to(skip.op);
            out.jump_to(Mem{esi});
        }
    }
    for (const Jump& slow : slow_) {
        out.land(slow.from, out.here());
        go_to(slow.op);
        out.mov64(eax, reinterpret_cast<u64>(handlers[slow.op]));
        out.jump_to(eax);
    }
}

} // namespace tinysim
