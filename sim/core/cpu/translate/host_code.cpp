#include "host_code.hpp"

#include "../core.hpp"

namespace tinysim {

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

void HostCode::begin(const HostCode& tried) {
    // A table of pages is its first entry's address.
    static_assert(sizeof(Pages) == sizeof(void*));
    load_tables(tried.needs_);
}

void HostCode::begin_op(u32 number) {
    now_ = number;
    ended_ = false;
    begins_.push_back(here());
}

void HostCode::finish(u32 count, const std::vector<Handler>& handlers) {
    if (!ended_)
        go_on(count);
    for (const Jump& skip : skips_) {
        land(skip.from, here());
        if (skip.cycles != 0)
            take_back(skip.cycles);
        if (skip.op < count)
            land(jump(), begins_[skip.op]);
        else
            go_on(skip.op);
    }
    for (const Jump& slow : slow_) {
        land(slow.from, here());
        go_on(slow.op, handlers[slow.op]);
    }
}

void HostCode::access(const Op& op, Address address, bool write, u32 width, u32 bytes) {
    load_address(op, address);
    reach(op, write, width, bytes);
}

void HostCode::access_multiple(const Op& op, bool write, u32 before, u32 bytes) {
    load_base(op.rn, before);
    reach(op, write, 4, bytes);
    keep_place();
}

void HostCode::reach(const Op& op, bool write, u32 width, u32 bytes) {
    (write ? needs_.writable : needs_.readable) = true;
    needs_.kinds = needs_.kinds || traces_;
    find(write, width, bytes);
    if (traces_)
        note_access(op.slot);
}

void HostCode::skip_unless(unsigned condition, const Op& op) {
    skips_.push_back({jump_unless(condition, op.slot), now_ + op.aux, op.skip});
}

void HostCode::end_block(Exit how) {
    ended_ = true;
    leave_block(how);
}

void HostCode::end_block_if(unsigned condition) {
    ended_ = true;
    leave_block_if(condition);
}

void HostCode::end_block_if_zero(unsigned reg, bool is) {
    ended_ = true;
    leave_block_if_zero(reg, is);
}

} // namespace tinysim
