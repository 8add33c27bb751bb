#include "host_code.hpp"

namespace tinysim {
namespace {

u32 bytes_of(Width width) {
    switch (width) {
    case Width::word:
        return 4;
    case Width::half:
    case Width::signed_half:
        return 2;
    default:
        return 1;
    }
}

void write_back(HostCode& to, const Op& op, Address address) {
    if (address == Address::pre || address == Address::post)
        to.add(op.rn, op.imm);
}

Emitter load(Width width, Address address) {
    return [=](HostCode& to, const Op& op) {
        to.access(op, address, false, bytes_of(width), bytes_of(width));
        to.read(width);
        write_back(to, op, address);
        to.give(op.rd);
        return true;
    };
}

Emitter store(Width width, Address address) {
    return [=](HostCode& to, const Op& op) {
        to.access(op, address, true, bytes_of(width), bytes_of(width));
        to.write(op.rd, width);
        write_back(to, op, address);
        return true;
    };
}

Emitter load_double(Address address) {
    return [=](HostCode& to, const Op& op) {
        to.access(op, address, false, 4, 8);
        to.read_two();
        write_back(to, op, address);
        to.give_two(op.rd, op.ra);
        return true;
    };
}

Emitter store_double(Address address) {
    return [=](HostCode& to, const Op& op) {
        to.access(op, address, true, 4, 8);
        to.write_two(op.rd, op.ra);
        write_back(to, op, address);
        return true;
    };
}

/// LDM and STM, where they lie on one page and have not been interrupted.
Emitter multiple(bool load, bool decrement, bool writes_back) {
    return [=](HostCode& to, const Op& op) {
        if (op.ra != 0 || op.aux == 0 || op.imm >> 15 != 0)
            return false;
        const u32 bytes = 4 * op.aux;
        to.access_multiple(op, !load, decrement ? bytes : 0, bytes);
        u32 at = 0;
        for (u32 list = op.imm; list != 0; list &= list - 1, at += 4) {
            const auto reg = static_cast<unsigned>(__builtin_ctz(list));
            if (load)
                to.read_word(at, reg);
            else
                to.write_word(at, reg);
        }
        const bool base_loaded = load && (op.imm >> op.rn & 1) != 0;
        if (writes_back && !base_loaded)
            to.give_address(op.rn, decrement ? 0 : bytes);
        return true;
    };
}

} // namespace

void add_load_store(Emitters& all) {
    for (const Address address :
         {Address::offset, Address::pre, Address::post, Address::shifted, Address::literal})
        for (const Width width :
             {Width::word, Width::half, Width::byte, Width::signed_half, Width::signed_byte})
            all[load_handler(width, address)] = load(width, address);
    for (const Address address : {Address::offset, Address::pre, Address::post, Address::literal})
        all[load_double_handler(address)] = load_double(address);
    for (const Address address : {Address::offset, Address::pre, Address::post, Address::shifted})
        for (const Width width : {Width::word, Width::half, Width::byte})
            all[store_handler(width, address)] = store(width, address);
    for (const Address address : {Address::offset, Address::pre, Address::post})
        all[store_double_handler(address)] = store_double(address);
    for (const bool decrement : {false, true})
        for (const bool writes_back : {false, true}) {
            all[load_multiple_handler(decrement, writes_back, false)] =
                multiple(true, decrement, writes_back);
            all[store_multiple_handler(decrement, writes_back)] =
                multiple(false, decrement, writes_back);
        }
}

} // namespace tinysim
