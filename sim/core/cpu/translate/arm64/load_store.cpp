#include "../../../memory/pages.hpp"
#include "arm64_code.hpp"

namespace tinysim {

using namespace arm64;

void Arm64Code::load_tables(const Needs& needs) {
    if (needs.readable) {
        out.move(Move::ldr64, r9, core(layout_.readable));
        out.move(Move::ldr64, r9, {r9});
    }
    if (needs.writable) {
        out.move(Move::ldr64, r10, core(layout_.writable));
        out.move(Move::ldr64, r10, {r10});
    }
    if (needs.kinds)
        out.constant64(r11, reinterpret_cast<u64>(layout_.access_kinds));
}

void Arm64Code::load_address(const Op& op, Address address) {
    if (address == Address::literal)
        return out.constant(r2, op.imm);
    load(r2, r(op.rn));
    if (address == Address::shifted) {
        load(r3, r(op.rm));
        if (op.imm != 0)
            out.lsl(r3, r3, op.imm);
        out.alu(Do::add, r2, r2, r3);
    } else if (address != Address::post && op.imm != 0) {
        out.add(r2, r2, op.imm);
    }
}

void Arm64Code::load_base(unsigned reg, u32 before) {
    load(r2, r(reg));
    if (before != 0)
        out.alu(Do::sub, r2, r2, before);
}

void Arm64Code::find(bool write, u32 width, u32 bytes) {
    if (bytes > width) { // all on one page
        out.ubfx(r3, r2, 0, Pages::shift);
        out.compare(r3, Pages::size - bytes);
        leave_if(If::higher);
    }
    out.lsr(r3, r2, Pages::shift);
    if (traces_)
        out.move(Move::ldrb, r4, r11, r3);
    out.move(Move::ldr64, r3, write ? r10 : r9, r3, true);
    if (width > 1) {
        out.test_lowest(r2, width / 2);
        leave_if(If::not_equal);
    }
    leave_by(out.jump_if_zero64(r3));
}

/// W2 is the lowest address, X3 where it lies.
void Arm64Code::keep_place() { out.alu64(Do::add, r3, r3, r2); }

void Arm64Code::note_access(u8 slot) {
    store(core(layout_.addresses + 4 * slot), r2);
    out.move(Move::strb, r4, core(layout_.kinds + slot));
}

void Arm64Code::read(Width width) {
    const auto move = [width] {
        switch (width) {
        case Width::half:
            return Move::ldrh;
        case Width::byte:
            return Move::ldrb;
        case Width::signed_half:
            return Move::ldrsh;
        case Width::signed_byte:
            return Move::ldrsb;
        default:
            return Move::ldr;
        }
    }();
    out.move(move, r2, r3, r2);
}

void Arm64Code::read_two() {
    keep_place();
    load(r2, {r3});
    load(r4, {r3, 4});
}

void Arm64Code::give(unsigned reg) { store(r(reg), r2); }

void Arm64Code::give_two(unsigned reg, unsigned other) {
    store(r(reg), r2);
    store(r(other), r4);
}

void Arm64Code::write(unsigned reg, Width width) {
    load(r4, r(reg));
    out.move(width == Width::word   ? Move::str
             : width == Width::half ? Move::strh
                                    : Move::strb,
             r4, r3, r2);
}

void Arm64Code::write_two(unsigned reg, unsigned other) {
    keep_place();
    load(r4, r(reg));
    load(r5, r(other));
    store({r3}, r4);
    store({r3, 4}, r5);
}

/// Which leaves W2 and W4 alone, as they may be what has been read.
void Arm64Code::add(unsigned reg, u32 value) {
    load(r3, r(reg));
    out.add(r3, r3, value);
    store(r(reg), r3);
}

void Arm64Code::read_word(u32 offset, unsigned reg) {
    load(r4, {r3, offset});
    store(r(reg), r4);
}

void Arm64Code::write_word(u32 offset, unsigned reg) {
    load(r4, r(reg));
    store({r3, offset}, r4);
}

void Arm64Code::give_address(unsigned reg, u32 more) {
    if (more != 0)
        out.add(r2, r2, more);
    store(r(reg), r2);
}

} // namespace tinysim
