#include "accessing.hpp"

namespace tinysim {
namespace {

template <Address address> void execute_load_double(Core& core, const Op* op) {
    const u32 at = address_of<address>(core, op);
    core.note_access(op, at, 4, 8);
    u32 low;
    u32 high;
    if (!check_aligned(core, op, at) || !load<u32>(core, op, at, low) ||
        !load<u32>(core, op, at + 4, high))
        return;
    write_back<address>(core, op);
    core.r[op->rd] = low;
    core.r[op->ra] = high;
    return next(core, op);
}

template <Address address> void execute_store_double(Core& core, const Op* op) {
    const u32 at = address_of<address>(core, op);
    core.note_access(op, at, 4, 8);
    bool slow = false;
    if (!check_aligned(core, op, at) || !store_word(core, op, at, core.r[op->rd], slow) ||
        !store_word(core, op, at + 4, core.r[op->ra], slow))
        return;
    write_back<address>(core, op);
    return slow ? Core::after_write(core, op) : next(core, op);
}

} // namespace

Handler load_double_handler(Address address) {
    switch (address) {
    case Address::pre:
        return execute_load_double<Address::pre>;
    case Address::post:
        return execute_load_double<Address::post>;
    case Address::literal:
        return execute_load_double<Address::literal>;
    default:
        return execute_load_double<Address::offset>;
    }
}

Handler store_double_handler(Address address) {
    switch (address) {
    case Address::pre:
        return execute_store_double<Address::pre>;
    case Address::post:
        return execute_store_double<Address::post>;
    default:
        return execute_store_double<Address::offset>;
    }
}

} // namespace tinysim
