#include "../../execute/load_store.hpp"

#include "x86_code.hpp"

namespace tinysim {
namespace {

using namespace x86;

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

/// The address of an access in EAX.
void load_address(Translation& to, const Op& op, Address address) {
    auto& out = to.out;
    if (address == Address::literal)
        return out.mov(eax, op.imm);
    out.mov(eax, to.r(op.rn));
    if (address == Address::shifted) {
        out.mov(ecx, to.r(op.rm));
        if (op.imm != 0)
            out.shift(Shift::shl, ecx, op.imm);
        out.alu(Do::add, eax, ecx);
    } else if (address != Address::post && op.imm != 0) {
        out.alu(Do::add, eax, op.imm);
    }
}

void write_back(Translation& to, const Op& op, Address address) {
    if (address == Address::pre || address == Address::post)
        to.out.alu(Do::add, to.r(op.rn), op.imm);
}

bool translate_load(Translation& to, const Op& op, Width width, Address address) {
    auto& out = to.out;
    load_address(to, op, address);
    to.find(false, bytes_of(width), bytes_of(width));
    to.note_access(op);
    const Mem host{ecx, 0, eax, 1};
    switch (width) {
    case Width::word:
        out.mov(eax, host);
        break;
    case Width::half:
        out.movzx16(eax, host);
        break;
    case Width::byte:
        out.movzx8(eax, host);
        break;
    case Width::signed_half:
        out.movsx16(eax, host);
        break;
    case Width::signed_byte:
        out.movsx8(eax, host);
        break;
    }
    write_back(to, op, address);
    out.mov(to.r(op.rd), eax);
    return true;
}

bool translate_store(Translation& to, const Op& op, Width width, Address address) {
    auto& out = to.out;
    load_address(to, op, address);
    to.find(true, bytes_of(width), bytes_of(width));
    to.note_access(op);
    out.mov(r8d, to.r(op.rd));
    const Mem host{ecx, 0, eax, 1};
    if (width == Width::word)
        out.mov(host, r8d);
    else if (width == Width::half)
        out.store16(host, r8d);
    else
        out.store8(host, r8d);
    write_back(to, op, address);
    return true;
}

bool translate_load_double(Translation& to, const Op& op, Address address) {
    auto& out = to.out;
    load_address(to, op, address);
    to.find(false, 4, 8);
    to.note_access(op);
    out.mov(r8d, Mem{ecx, 4, eax, 1});
    out.mov(eax, Mem{ecx, 0, eax, 1});
    write_back(to, op, address);
    out.mov(to.r(op.rd), eax);
    out.mov(to.r(op.ra), r8d);
    return true;
}

bool translate_store_double(Translation& to, const Op& op, Address address) {
    auto& out = to.out;
    load_address(to, op, address);
    to.find(true, 4, 8);
    to.note_access(op);
    out.mov(r8d, to.r(op.rd));
    out.mov(r11d, to.r(op.ra));
    out.mov(Mem{ecx, 0, eax, 1}, r8d);
    out.mov(Mem{ecx, 4, eax, 1}, r11d);
    write_back(to, op, address);
    return true;
}

/// LDM and STM, where they lie on one page and have not been interrupted.
bool translate_multiple(Translation& to, const Op& op, bool load, bool decrement,
                        bool writes_back) {
    if (op.ra != 0 || op.aux == 0 || op.imm >> 15 != 0)
        return false;
    auto& out = to.out;
    const u32 bytes = 4 * op.aux;
    out.mov(eax, to.r(op.rn));
    if (decrement)
        out.alu(Do::sub, eax, bytes);
    to.find(!load, 4, bytes);
    to.note_access(op);
    out.alu64(Do::add, ecx, eax); // EAX is the lowest address, RCX where it lies
    i32 at = 0;
    bool base_loaded = false;
    for (u32 list = op.imm; list != 0; list &= list - 1, at += 4) {
        const unsigned reg = static_cast<unsigned>(__builtin_ctz(list));
        if (load) {
            out.mov(r8d, Mem{ecx, at});
            out.mov(to.r(reg), r8d);
            base_loaded = base_loaded || reg == op.rn;
        } else {
            out.mov(r8d, to.r(reg));
            out.mov(Mem{ecx, at}, r8d);
        }
    }
    if (writes_back && !base_loaded) {
        if (!decrement)
            out.alu(Do::add, eax, bytes);
        out.mov(to.r(op.rn), eax);
    }
    return true;
}

} // namespace

void add_load_store(Emitters& all) {
    for (const Address address :
         {Address::offset, Address::pre, Address::post, Address::shifted, Address::literal})
        for (const Width width :
             {Width::word, Width::half, Width::byte, Width::signed_half, Width::signed_byte})
            all[load_handler(width, address)] = [=](Translation& to, const Op& op) {
                return translate_load(to, op, width, address);
            };
    for (const Address address : {Address::offset, Address::pre, Address::post, Address::literal})
        all[load_double_handler(address)] = [=](Translation& to, const Op& op) {
            return translate_load_double(to, op, address);
        };
    for (const Address address : {Address::offset, Address::pre, Address::post, Address::shifted})
        for (const Width width : {Width::word, Width::half, Width::byte})
            all[store_handler(width, address)] = [=](Translation& to, const Op& op) {
                return translate_store(to, op, width, address);
            };
    for (const Address address : {Address::offset, Address::pre, Address::post})
        all[store_double_handler(address)] = [=](Translation& to, const Op& op) {
            return translate_store_double(to, op, address);
        };
    for (const bool decrement : {false, true})
        for (const bool writes_back : {false, true}) {
            all[load_multiple_handler(decrement, writes_back, false)] = [=](Translation& to,
                                                                            const Op& op) {
                return translate_multiple(to, op, true, decrement, writes_back);
            };
            all[store_multiple_handler(decrement, writes_back)] = [=](Translation& to,
                                                                      const Op& op) {
                return translate_multiple(to, op, false, decrement, writes_back);
            };
        }
}

} // namespace tinysim
