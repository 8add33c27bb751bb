#include "../../../memory/pages.hpp"
#include "x86_code.hpp"

namespace tinysim {

using namespace x86;

void X86Code::load_tables(const Needs& needs) {
    if (needs.readable) {
        out.mov64(r9d, core(layout_.readable));
        out.mov64(r9d, Mem{r9d});
    }
    if (needs.writable) {
        out.mov64(r10d, core(layout_.writable));
        out.mov64(r10d, Mem{r10d});
    }
    if (needs.kinds)
        out.mov64(edx, reinterpret_cast<u64>(layout_.access_kinds));
}

void X86Code::load_address(const Op& op, Address address) {
    if (address == Address::literal)
        return out.mov(eax, op.imm);
    out.mov(eax, r(op.rn));
    if (address == Address::shifted) {
        out.mov(ecx, r(op.rm));
        if (op.imm != 0)
            out.shift(Shift::shl, ecx, op.imm);
        out.alu(Do::add, eax, ecx);
    } else if (address != Address::post && op.imm != 0) {
        out.alu(Do::add, eax, op.imm);
    }
}

void X86Code::load_base(unsigned reg, u32 before) {
    out.mov(eax, r(reg));
    if (before != 0)
        out.alu(Do::sub, eax, before);
}

void X86Code::find(bool write, u32 width, u32 bytes) {
    if (bytes > width) { // all on one page
        out.mov(ecx, eax);
        out.alu(Do::and_, ecx, Pages::size - 1);
        out.alu(Do::cmp, ecx, Pages::size - bytes);
        leave_if(opposite(If::not_greater));
    }
    out.mov(ecx, eax);
    out.shift(Shift::shr, ecx, Pages::shift);
    if (traces_)
        out.movzx8(r8d, Mem{edx, 0, ecx, 1});
    out.mov64(ecx, Mem{write ? r10d : r9d, 0, ecx, 8});
    if (width > 1) {
        out.test8(eax, static_cast<u8>(width - 1));
        leave_if(If::not_equal);
    }
    out.test64(ecx, ecx);
    leave_if(If::equal);
}

/// EAX is the lowest address, RCX where it lies.
void X86Code::keep_place() { out.alu64(Do::add, ecx, eax); }

void X86Code::note_access(u8 slot) {
    out.mov(core(layout_.addresses + 4 * slot), eax);
    out.store8(core(layout_.kinds + slot), r8d);
}

void X86Code::read(Width width) {
    const Mem host{ecx, 0, eax, 1};
    switch (width) {
    case Width::word:
        return out.mov(eax, host);
    case Width::half:
        return out.movzx16(eax, host);
    case Width::byte:
        return out.movzx8(eax, host);
    case Width::signed_half:
        return out.movsx16(eax, host);
    case Width::signed_byte:
        return out.movsx8(eax, host);
    }
}

void X86Code::read_two() {
    out.mov(r8d, Mem{ecx, 4, eax, 1});
    out.mov(eax, Mem{ecx, 0, eax, 1});
}

void X86Code::give(unsigned reg) { out.mov(r(reg), eax); }

void X86Code::give_two(unsigned reg, unsigned other) {
    out.mov(r(reg), eax);
    out.mov(r(other), r8d);
}

void X86Code::write(unsigned reg, Width width) {
    const Mem host{ecx, 0, eax, 1};
    out.mov(r8d, r(reg));
    if (width == Width::word)
        out.mov(host, r8d);
    else if (width == Width::half)
        out.store16(host, r8d);
    else
        out.store8(host, r8d);
}

void X86Code::write_two(unsigned reg, unsigned other) {
    out.mov(r8d, r(reg));
    out.mov(r11d, r(other));
    out.mov(Mem{ecx, 0, eax, 1}, r8d);
    out.mov(Mem{ecx, 4, eax, 1}, r11d);
}

void X86Code::add(unsigned reg, u32 value) { out.alu(Do::add, r(reg), value); }

void X86Code::read_word(u32 offset, unsigned reg) {
    out.mov(r8d, Mem{ecx, static_cast<i32>(offset)});
    out.mov(r(reg), r8d);
}

void X86Code::write_word(u32 offset, unsigned reg) {
    out.mov(r8d, r(reg));
    out.mov(Mem{ecx, static_cast<i32>(offset)}, r8d);
}

void X86Code::give_address(unsigned reg, u32 more) {
    if (more != 0)
        out.alu(Do::add, eax, more);
    out.mov(r(reg), eax);
}

} // namespace tinysim
