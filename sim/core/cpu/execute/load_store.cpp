#include "accessing.hpp"

namespace tinysim {
namespace {

template <Width width> u32 extend(u32 value) {
    if constexpr (width == Width::signed_half)
        return static_cast<u32>(sign_extend<16>(value));
    else if constexpr (width == Width::signed_byte)
        return static_cast<u32>(sign_extend<8>(value));
    else
        return value;
}

template <Width width, Address address> void execute_load(Core& core, const Op* op) {
    const u32 at = address_of<address>(core, op);
    core.note_access(op, at, sizeof(Unit<width>), sizeof(Unit<width>));
    if constexpr (address == Address::unprivileged)
        if (!core.check_unprivileged(op, at, sizeof(Unit<width>), Use::read))
            return;
    u32 value;
    if (!load<Unit<width>>(core, op, at, value)) [[unlikely]]
        return;
    write_back<address>(core, op);
    core.r[op->rd] = extend<width>(value);
    return next(core, op);
}

template <Width width, Address address> void execute_store(Core& core, const Op* op) {
    using T = Unit<width>;
    const u32 at = address_of<address>(core, op);
    core.note_access(op, at, sizeof(T), sizeof(T));
    if constexpr (address == Address::unprivileged)
        if (!core.check_unprivileged(op, at, sizeof(T), Use::write))
            return;
    const u32 value = core.r[op->rd];
    if (u8* host = core.protection.writable->find<T>(at)) [[likely]] {
        const T unit = static_cast<T>(value);
        std::memcpy(host, &unit, sizeof unit);
        write_back<address>(core, op);
        return next(core, op);
    }
    if (!core.write_slow(op, at, sizeof(T), value))
        return;
    write_back<address>(core, op);
    return Core::after_write(core, op);
}

template <Address address> void execute_load_pc(Core& core, const Op* op) {
    const u32 at = address_of<address>(core, op);
    core.note_access(op, at, 4, 4);
    u32 value;
    if (!load<u32>(core, op, at, value))
        return;
    write_back<address>(core, op);
    core.branch_indirect(value, op);
}

template <Width width> Handler load_choice(Address address) {
    switch (address) {
    case Address::offset:
        return execute_load<width, Address::offset>;
    case Address::pre:
        return execute_load<width, Address::pre>;
    case Address::post:
        return execute_load<width, Address::post>;
    case Address::shifted:
        return execute_load<width, Address::shifted>;
    case Address::unprivileged:
        return execute_load<width, Address::unprivileged>;
    default:
        return execute_load<width, Address::literal>;
    }
}

template <Width width> Handler store_choice(Address address) {
    switch (address) {
    case Address::pre:
        return execute_store<width, Address::pre>;
    case Address::post:
        return execute_store<width, Address::post>;
    case Address::shifted:
        return execute_store<width, Address::shifted>;
    case Address::unprivileged:
        return execute_store<width, Address::unprivileged>;
    default:
        return execute_store<width, Address::offset>;
    }
}

} // namespace

Handler load_handler(Width width, Address address) {
    switch (width) {
    case Width::word:
        return load_choice<Width::word>(address);
    case Width::half:
        return load_choice<Width::half>(address);
    case Width::byte:
        return load_choice<Width::byte>(address);
    case Width::signed_half:
        return load_choice<Width::signed_half>(address);
    default:
        return load_choice<Width::signed_byte>(address);
    }
}

Handler store_handler(Width width, Address address) {
    switch (width) {
    case Width::word:
        return store_choice<Width::word>(address);
    case Width::half:
        return store_choice<Width::half>(address);
    default:
        return store_choice<Width::byte>(address);
    }
}

Handler load_pc_handler(Address address) {
    switch (address) {
    case Address::offset:
        return execute_load_pc<Address::offset>;
    case Address::pre:
        return execute_load_pc<Address::pre>;
    case Address::post:
        return execute_load_pc<Address::post>;
    case Address::shifted:
        return execute_load_pc<Address::shifted>;
    default:
        return execute_load_pc<Address::literal>;
    }
}

} // namespace tinysim
