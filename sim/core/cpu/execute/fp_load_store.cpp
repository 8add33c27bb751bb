#include "accessing.hpp"

namespace tinysim {
namespace {

template <bool Literal> void execute_vector_load(Core& core, const Op* op) {
    const u32 at = Literal ? op->imm : core.r[op->rn] + op->imm;
    core.note_access(op, at, 4, 4 * op->aux);
    u32 values[2] = {};
    if (!check_aligned(core, op, at) || !load<u32>(core, op, at, values[0]) ||
        (op->aux == 2 && !load<u32>(core, op, at + 4, values[1])))
        return;
    for (u32 i = 0; i < op->aux; ++i)
        core.s[op->rd + i] = values[i];
    return next(core, op);
}

/// Stores an instruction's singles. False: it was aborted.
inline bool store_singles(Core& core, const Op* op, u32 at, bool& slow) {
    core.note_access(op, at, 4, 4 * op->aux);
    if (!check_aligned(core, op, at))
        return false;
    for (u32 i = 0; i < op->aux; ++i)
        if (!store_word(core, op, at + 4 * i, core.s[op->rd + i], slow))
            return false;
    return true;
}

void execute_vector_store(Core& core, const Op* op) {
    bool slow = false;
    if (!store_singles(core, op, core.r[op->rn] + op->imm, slow))
        return;
    return slow ? Core::after_write(core, op) : next(core, op);
}

template <bool Decrement> void execute_vector_load_multiple(Core& core, const Op* op) {
    const u32 base = core.r[op->rn];
    const u32 at = Decrement ? base - op->ra * 4u : base;
    core.note_access(op, at, 4, 4 * op->aux);
    if (!check_aligned(core, op, at))
        return;
    for (u32 i = 0; i < op->aux; ++i)
        if (!load<u32>(core, op, at + 4 * i, core.s[op->rd + i]))
            return;
    if (op->imm != 0)
        core.r[op->rn] = Decrement ? at : base + op->ra * 4u;
    return next(core, op);
}

template <bool Decrement> void execute_vector_store_multiple(Core& core, const Op* op) {
    const u32 base = core.r[op->rn];
    const u32 at = Decrement ? base - op->ra * 4u : base;
    bool slow = false;
    if (!store_singles(core, op, at, slow))
        return;
    if (op->imm != 0)
        core.r[op->rn] = Decrement ? at : base + op->ra * 4u;
    return slow ? Core::after_write(core, op) : next(core, op);
}

} // namespace

Handler vector_load_handler(bool literal) {
    return literal ? execute_vector_load<true> : execute_vector_load<false>;
}

Handler vector_store_handler() { return execute_vector_store; }

Handler vector_load_multiple_handler(bool decrement) {
    return decrement ? execute_vector_load_multiple<true> : execute_vector_load_multiple<false>;
}

Handler vector_store_multiple_handler(bool decrement) {
    return decrement ? execute_vector_store_multiple<true> : execute_vector_store_multiple<false>;
}

} // namespace tinysim
