#include "accessing.hpp"

namespace tinysim {
namespace {

template <bool Decrement, bool WriteBack, bool ToPc>
void execute_load_multiple(Core& core, const Op* op) {
    const u32 base = core.r[op->rn];
    const u32 lowest = Decrement ? base - 4 * op->aux : base;
    u32 at = lowest + 4u * op->ra;
    core.note_access(op, at, 4, 4 * (op->aux - op->ra));
    if (!check_aligned(core, op, at))
        return;
    // The base is written last: a fault on the way leaves it as it was.
    u32 list = op->imm & 0x7FFF;
    u32 loaded_base = Decrement ? lowest : base + 4 * op->aux;
    for (; list != 0; list &= list - 1, at += 4) {
        const unsigned reg = static_cast<unsigned>(__builtin_ctz(list));
        u32 value;
        if (!load<u32>(core, op, at, value))
            return;
        if (reg == op->rn)
            loaded_base = value;
        else
            core.r[reg] = value;
    }
    if constexpr (ToPc) {
        u32 target;
        if (!load<u32>(core, op, at, target))
            return;
        if (WriteBack || bool(op->imm >> op->rn & 1))
            core.r[op->rn] = loaded_base;
        return core.branch_indirect(target, op);
    }
    if (WriteBack || bool(op->imm >> op->rn & 1))
        core.r[op->rn] = loaded_base;
    return next(core, op);
}

template <bool Decrement, bool WriteBack> void execute_store_multiple(Core& core, const Op* op) {
    const u32 base = core.r[op->rn];
    const u32 lowest = Decrement ? base - 4 * op->aux : base;
    const u32 last = Decrement ? lowest : base + 4 * op->aux;
    u32 at = lowest + 4u * op->ra;
    core.note_access(op, at, 4, 4 * (op->aux - op->ra));
    if (!check_aligned(core, op, at))
        return;
    bool slow = false;
    for (u32 list = op->imm; list != 0; list &= list - 1, at += 4) {
        const unsigned reg = static_cast<unsigned>(__builtin_ctz(list));
        if (!store_word(core, op, at, core.r[reg], slow))
            return;
    }
    if constexpr (WriteBack)
        core.r[op->rn] = last;
    return slow ? Core::after_write(core, op) : next(core, op);
}

} // namespace

Handler load_multiple_handler(bool decrement, bool write_back, bool to_pc) {
    if (to_pc) {
        if (decrement)
            return write_back ? execute_load_multiple<true, true, true>
                              : execute_load_multiple<true, false, true>;
        return write_back ? execute_load_multiple<false, true, true>
                          : execute_load_multiple<false, false, true>;
    }
    if (decrement)
        return write_back ? execute_load_multiple<true, true, false>
                          : execute_load_multiple<true, false, false>;
    return write_back ? execute_load_multiple<false, true, false>
                      : execute_load_multiple<false, false, false>;
}

Handler store_multiple_handler(bool decrement, bool write_back) {
    if (decrement)
        return write_back ? execute_store_multiple<true, true>
                          : execute_store_multiple<true, false>;
    return write_back ? execute_store_multiple<false, true> : execute_store_multiple<false, false>;
}

} // namespace tinysim
