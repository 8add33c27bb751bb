#include "accessing.hpp"

namespace tinysim {
namespace {

template <Width width> void execute_load_exclusive(Core& core, const Op* op) {
    const u32 at = core.r[op->rn] + op->imm;
    core.note_access(op, at, sizeof(Unit<width>), sizeof(Unit<width>));
    if ((at & (sizeof(Unit<width>) - 1)) != 0) {
        core.fault(op, Exception::usage_fault, cfsr::unaligned);
        return;
    }
    u32 value;
    if (!load<Unit<width>>(core, op, at, value))
        return;
    core.exclusive = true;
    core.r[op->rd] = value;
    return next(core, op);
}

template <Width width> void execute_store_exclusive(Core& core, const Op* op) {
    using T = Unit<width>;
    const u32 at = core.r[op->rn] + op->imm;
    core.note_access(op, at, sizeof(T), sizeof(T));
    if ((at & (sizeof(T) - 1)) != 0) {
        core.fault(op, Exception::usage_fault, cfsr::unaligned);
        return;
    }
    if (!core.exclusive) {
        core.r[op->ra] = 1;
        return next(core, op);
    }
    core.exclusive = false;
    if (u8* host = core.protection.writable->find<T>(at)) {
        const T unit = static_cast<T>(core.r[op->rd]);
        std::memcpy(host, &unit, sizeof unit);
        core.r[op->ra] = 0;
        return next(core, op);
    }
    if (!core.write_slow(op, at, sizeof(T), core.r[op->rd]))
        return;
    core.r[op->ra] = 0;
    return Core::after_write(core, op);
}

void execute_clear_exclusive(Core& core, const Op* op) {
    core.exclusive = false;
    return next(core, op);
}

} // namespace

Handler load_exclusive_handler(Width width) {
    switch (width) {
    case Width::word:
        return execute_load_exclusive<Width::word>;
    case Width::half:
        return execute_load_exclusive<Width::half>;
    default:
        return execute_load_exclusive<Width::byte>;
    }
}

Handler store_exclusive_handler(Width width) {
    switch (width) {
    case Width::word:
        return execute_store_exclusive<Width::word>;
    case Width::half:
        return execute_store_exclusive<Width::half>;
    default:
        return execute_store_exclusive<Width::byte>;
    }
}

Handler clear_exclusive_handler() { return execute_clear_exclusive; }

} // namespace tinysim
