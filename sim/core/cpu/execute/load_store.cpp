#include "load_store.hpp"

#include "../core.hpp"

#include <type_traits>

namespace tinysim {
namespace {

template <Width width>
using Unit = std::conditional_t<
    width == Width::word, u32,
    std::conditional_t<width == Width::half || width == Width::signed_half, u16, u8>>;

template <Width width> u32 extend(u32 value) {
    if constexpr (width == Width::signed_half)
        return static_cast<u32>(sign_extend<16>(value));
    else if constexpr (width == Width::signed_byte)
        return static_cast<u32>(sign_extend<8>(value));
    else
        return value;
}

template <Address address> u32 address_of(const Core& core, const Op* op) {
    if constexpr (address == Address::literal)
        return op->imm;
    else if constexpr (address == Address::post)
        return core.r[op->rn];
    else if constexpr (address == Address::shifted)
        return core.r[op->rn] + (core.r[op->rm] << op->imm);
    else
        return core.r[op->rn] + op->imm;
}

template <Address address> void write_back(Core& core, const Op* op) {
    if constexpr (address == Address::pre || address == Address::post)
        core.r[op->rn] += op->imm;
}

template <class T> bool load(Core& core, const Op* op, u32 address, u32& value) {
    if (const u8* host = core.protection.readable->find<T>(address)) [[likely]] {
        T unit;
        std::memcpy(&unit, host, sizeof unit);
        value = unit;
        return true;
    }
    return core.read_slow(op, address, sizeof(T), value);
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

bool check_aligned(Core& core, const Op* op, u32 address) {
    return (address & 3) == 0 || core.fault(op, Exception::usage_fault, cfsr::unaligned);
}

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

/// Stores a word of several; `slow` becomes true where the access was no plain one.
bool store_word(Core& core, const Op* op, u32 address, u32 value, bool& slow) {
    if (u8* host = core.protection.writable->find<u32>(address)) [[likely]] {
        std::memcpy(host, &value, sizeof value);
        return true;
    }
    slow = true;
    return core.write_slow(op, address, 4, value);
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

void execute_vector_store(Core& core, const Op* op) {
    const u32 at = core.r[op->rn] + op->imm;
    core.note_access(op, at, 4, 4 * op->aux);
    if (!check_aligned(core, op, at))
        return;
    bool slow = false;
    for (u32 i = 0; i < op->aux; ++i)
        if (!store_word(core, op, at + 4 * i, core.s[op->rd + i], slow))
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
    core.note_access(op, at, 4, 4 * op->aux);
    if (!check_aligned(core, op, at))
        return;
    bool slow = false;
    for (u32 i = 0; i < op->aux; ++i)
        if (!store_word(core, op, at + 4 * i, core.s[op->rd + i], slow))
            return;
    if (op->imm != 0)
        core.r[op->rn] = Decrement ? at : base + op->ra * 4u;
    return slow ? Core::after_write(core, op) : next(core, op);
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
