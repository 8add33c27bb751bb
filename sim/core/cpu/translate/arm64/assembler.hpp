#pragma once

#include "../../../types.hpp"

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace tinysim::arm64 {

/// W or X registers, as the instruction has it. Register 31 is zero, or nowhere, in all that is
/// written here.
enum Reg : u8 { r0, r1, r2, r3, r4, r5, r6, r9 = 9, r10, r11, r16 = 16, zero = 31 };

/// Conditions (DDI 0487 C1.2.4): those of Thumb, by the same numbers.
enum class If : u8 {
    equal,
    not_equal,
    carry,
    no_carry,
    negative,
    not_negative,
    overflow,
    no_overflow,
    higher,
    not_higher,
    not_less,
    less,
    greater,
    not_greater
};
constexpr If opposite(If condition) { return static_cast<If>(static_cast<u8>(condition) ^ 1); }

/// [base, #offset]
struct Mem {
    Reg base;
    u32 offset = 0;
};

/// Loads and stores of a register (C4.1, "Loads and Stores"): `size` and `opc` in place.
enum class Move : u32 {
    strb = 0x00000000,
    ldrb = 0x00400000,
    ldrsb = 0x00C00000,
    strh = 0x40000000,
    ldrh = 0x40400000,
    ldrsh = 0x40C00000,
    str = 0x80000000,
    ldr = 0x80400000,
    ldrsw = 0x80800000, ///< to 64 bits
    ldr64 = 0xC0400000,
};

/// Operations on two registers (C4.1, "Data Processing -- Register"), whole.
enum class Do : u32 {
    and_ = 0x0A000000,
    bic = 0x0A200000,
    orr = 0x2A000000,
    orn = 0x2A200000,
    eor = 0x4A000000,
    add = 0x0B000000,
    adds = 0x2B000000,
    sub = 0x4B000000,
    subs = 0x6B000000,
    lsl = 0x1AC02000, ///< by the register modulo its width, as the other three
    lsr = 0x1AC02400,
    asr = 0x1AC02800,
    ror = 0x1AC02C00,
};

/// Products that are added to a register, or taken from it; the long ones to 64 bits.
enum class Multiply : u32 {
    madd = 0x1B000000,
    msub = 0x1B008000,
    smaddl = 0x9B200000,
    umaddl = 0x9BA00000
};

/// Writes A64 machine code: the few instructions that the translation needs, by the tables of
/// the Arm Architecture Reference Manual for A-profile (DDI 0487), C4.1. Operands have 32 bits
/// unless a name says otherwise; what has 32 bits is extended by zeroes in the register (B1.2.1).
class Assembler {
public:
    using Place = std::size_t; ///< in words
    const std::vector<u32>& code() const { return code_; }
    Place here() const { return code_.size(); }

    void move(Move what, Reg reg, Mem at) {
        const u32 size = static_cast<u32>(what) >> 30;
        if ((at.offset & ((1u << size) - 1)) != 0)
            throw std::logic_error("an offset that A64 cannot scale");
        put(0x39000000 | static_cast<u32>(what) | field(at.offset >> size, 12) << 10, reg, at.base);
    }
    /// [base, Windex, UXTW], the index in units of what is moved where it is `scaled`.
    void move(Move what, Reg reg, Reg base, Reg index, bool scaled = false) {
        put(0x38204800 | static_cast<u32>(what) | u32{scaled} << 12, reg, base, index);
    }
    /// MOVN, or MOVZ and MOVK.
    void constant(Reg to, u32 value) {
        if (value >> 16 == 0xFFFF)
            return put(0x12800000 | (~value & 0xFFFF) << 5, to); // MOVN
        halves(to, value, 2, 0);
    }
    void constant64(Reg to, u64 value) { halves(to, value, 4, wide); }

    void alu(Do what, Reg to, Reg n, Reg m) { put(static_cast<u32>(what), to, n, m); }
    void alu64(Do what, Reg to, Reg n, Reg m) { put(static_cast<u32>(what) | wide, to, n, m); }
    /// ADD, ADDS, SUB and SUBS with a constant of 12 bits.
    void alu(Do what, Reg to, Reg n, u32 value) {
        put(immediate(what) | field(value, 12) << 10, to, n);
    }
    /// The same with a constant of 24 bits, of those that leave the flags alone.
    void alu64(Do what, Reg to, Reg n, u32 value) {
        const u32 high = value >> 12;
        if (high == 0 || (value & 0xFFF) != 0)
            put(immediate(what) | wide | (value & 0xFFF) << 10, to, n);
        if (high != 0)
            put(immediate(what) | wide | 1u << 22 | field(high, 12) << 10, to,
                (value & 0xFFF) != 0 ? to : n);
    }
    void add(Reg to, Reg n, u32 value) {
        if (value < 0x1000)
            return alu(Do::add, to, n, value);
        if (0 - value < 0x1000)
            return alu(Do::sub, to, n, 0 - value);
        constant(r16, value);
        alu(Do::add, to, n, r16);
    }
    void compare(Reg n, u32 value) { alu(Do::subs, zero, n, value); }
    void compare(Reg n, Reg m) { alu(Do::subs, zero, n, m); }
    /// Of 64 bits with 32 bits and their sign: CMP Xn, Wm, SXTW.
    void compare_extended(Reg n, Reg m) { put(0xEB20C000, zero, n, m); }
    /// As `compare` does if `condition` holds, and otherwise sets the flags to `nzcv`: CCMP.
    void compare_if(If condition, Reg n, u32 value, u32 nzcv) {
        put(0x7A400800 | field(value, 5) << 16 | number(condition) << 12, static_cast<Reg>(nzcv),
            n);
    }
    /// TST with a mask of the lowest bits.
    void test_lowest(Reg n, unsigned count) {
        put(0x72000000 | field(count - 1, 5) << 10, zero, n);
    }

    /// Bit fields: `count` bits from bit `from` on, extended by zeroes or their sign.
    void ubfx(Reg to, Reg n, u32 from, u32 count) {
        bits(0x53000000, to, n, from, from + count - 1);
    }
    void sbfx(Reg to, Reg n, u32 from, u32 count) {
        bits(0x13000000, to, n, from, from + count - 1);
    }
    /// The lowest `count` bits to where bit `at` is; and the other bits stay.
    void bfi(Reg to, Reg n, u32 at, u32 count) { bits(0x33000000, to, n, -at & 31, count - 1); }
    void bfi64(Reg to, Reg n, u32 at, u32 count) { bits(0xB3400000, to, n, -at & 63, count - 1); }
    void lsl(Reg to, Reg n, u32 by) { bits(0x53000000, to, n, -by & 31, 31 - by); }
    void lsr(Reg to, Reg n, u32 by) { ubfx(to, n, by, 32 - by); }
    void asr(Reg to, Reg n, u32 by) { sbfx(to, n, by, 32 - by); }
    void ror(Reg to, Reg n, u32 by) { put(0x13800000 | field(by, 5) << 10, to, n, n); } // EXTR
    void lsl64(Reg to, Reg n, u32 by) { bits(0xD3400000, to, n, -by & 63, 63 - by); }
    void lsr64(Reg to, Reg n, u32 by) { bits(0xD3400000, to, n, by, 63); }
    void swap_bytes(Reg to, Reg n) { put(0x5AC00800, to, n); } // REV

    /// to = a + n * m, or a - n * m
    void multiply(Multiply what, Reg to, Reg n, Reg m, Reg a = zero) {
        put(static_cast<u32>(what) | u32{a} << 10, to, n, m);
    }

    /// CSEL
    void select(If condition, Reg to, Reg n, Reg otherwise) {
        put(0x1A800000 | number(condition) << 12, to, n, otherwise);
    }
    /// 1 or 0: CSET
    void set(If condition, Reg to) {
        put(0x1A800400 | number(opposite(condition)) << 12, to, zero, zero);
    }
    /// All bits or none: CSETM
    void set_all(If condition, Reg to) {
        put(0x5A800000 | number(opposite(condition)) << 12, to, zero, zero);
    }

    /// A jump to a place that `land` is told of later.
    Place jump(If condition) { return branch(0x54000000 | number(condition)); }
    Place jump() { return branch(0x14000000); }
    Place jump_if_zero64(Reg reg) { return branch(0xB4000000 | reg); }
    void land(Place jump, Place at) {
        const auto by = static_cast<i32>(at) - static_cast<i32>(jump);
        const bool unconditional = code_[jump] >> 26 == 5;
        const unsigned width = unconditional ? 26 : 19;
        if (by >= 1 << (width - 1) || by < -(1 << (width - 1)))
            throw std::logic_error("a branch that A64 cannot reach");
        const u32 distance = static_cast<u32>(by) & ((1u << width) - 1);
        code_[jump] |= unconditional ? distance : distance << 5;
    }
    void jump_to(Reg target) { put(0xD61F0000, r0, target); }
    void ret() { code_.push_back(0xD65F03C0); }

private:
    static constexpr u32 wide = 1u << 31;

    static u32 number(If condition) { return static_cast<u32>(condition); }
    /// Of the form with registers that of a constant.
    static u32 immediate(Do what) { return static_cast<u32>(what) ^ 0x1A000000; }
    static u32 field(u32 value, unsigned width) {
        if (value >> width != 0)
            throw std::logic_error("a field that A64 does not have room for");
        return value;
    }
    void put(u32 code, Reg d, Reg n = r0, Reg m = r0) {
        code_.push_back(code | u32{m} << 16 | u32{n} << 5 | d);
    }
    void bits(u32 code, Reg to, Reg n, u32 rotation, u32 last) {
        put(code | field(rotation, 6) << 16 | field(last, 6) << 10, to, n);
    }
    void halves(Reg to, u64 value, unsigned count, u32 width) {
        constexpr u32 movz = 0x52800000, movk = 0x72800000;
        u32 code = movz;
        for (unsigned i = 0; i < count; ++i)
            if (const u32 half = static_cast<u32>(value >> 16 * i) & 0xFFFF; half != 0) {
                put(code | width | i << 21 | half << 5, to);
                code = movk;
            }
        if (value == 0)
            put(movz, to);
    }
    Place branch(u32 code) {
        code_.push_back(code);
        return here() - 1;
    }

    std::vector<u32> code_;
};

} // namespace tinysim::arm64
