#pragma once

#include "../../../types.hpp"

#include <cstring>
#include <initializer_list>
#include <vector>

namespace tinysim::x86 {

enum Reg : u8 { eax, ecx, edx, ebx, esp, ebp, esi, edi, r8d, r9d, r10d, r11d, no_reg = 16 };
enum Xmm : u8 { xmm0, xmm1 };

/// [base + displacement + scale * index]
struct Mem {
    Reg base;
    i32 displacement = 0;
    Reg index = no_reg;
    u8 scale = 1;
};

/// The operations of opcodes 00 to 3B and 81, by their number there.
enum class Do : u8 { add, or_, adc, sbb, and_, sub, xor_, cmp };
/// The shifts of opcodes C1 and D3.
enum class Shift : u8 { rol, ror, shl = 4, shr = 5, sar = 7 };
/// Conditions of Jcc, SETcc and CMOVcc.
enum class If : u8 {
    overflow = 0,
    below = 2,
    not_below,
    equal,
    not_equal,
    negative = 8,
    not_negative,
    less = 12,
    not_less,
    not_greater,
    greater
};
constexpr If opposite(If condition) { return static_cast<If>(static_cast<u8>(condition) ^ 1); }

/// Writes x86-64 machine code: the few instructions that the translation needs, by the tables
/// of the Intel 64 manual, volume 2. Operands have 32 bits unless a name says otherwise.
class Assembler {
public:
    using Place = std::size_t;
    const std::vector<u8>& code() const { return code_; }
    Place here() const { return code_.size(); }
    void clear() { code_.clear(); }

    void mov(Reg to, Mem from) { put(0, false, {0x8B}, to, from); }
    void mov(Mem to, Reg from) { put(0, false, {0x89}, from, to); }
    void mov(Reg to, Reg from) { put(0, false, {0x8B}, to, from); }
    void mov(Reg to, u32 value) {
        rex(false, 0, no_reg, to);
        byte(static_cast<u8>(0xB8 | (to & 7)));
        word(value);
    }
    void mov(Mem to, u32 value) {
        put(0, false, {0xC7}, eax, to);
        word(value);
    }
    void mov64(Reg to, Mem from) { put(0, true, {0x8B}, to, from); }
    void mov64(Mem to, Reg from) { put(0, true, {0x89}, from, to); }
    void mov64(Reg to, u64 value) {
        rex(true, 0, no_reg, to);
        byte(static_cast<u8>(0xB8 | (to & 7)));
        word(static_cast<u32>(value));
        word(static_cast<u32>(value >> 32));
    }
    void store16(Mem to, Reg from) { put(0x66, false, {0x89}, from, to); }
    void store8(Mem to, Reg from) { put(0, false, {0x88}, from, to); }
    template <class From> void movzx8(Reg to, From from) { put(0, false, {0x0F, 0xB6}, to, from); }
    template <class From> void movzx16(Reg to, From from) { put(0, false, {0x0F, 0xB7}, to, from); }
    template <class From> void movsx8(Reg to, From from) { put(0, false, {0x0F, 0xBE}, to, from); }
    template <class From> void movsx16(Reg to, From from) { put(0, false, {0x0F, 0xBF}, to, from); }
    template <class From> void movsx32to64(Reg to, From from) { put(0, true, {0x63}, to, from); }
    void lea64(Reg to, Mem from) { put(0, true, {0x8D}, to, from); }
    void lea(Reg to, Mem from) { put(0, false, {0x8D}, to, from); }

    void alu(Do what, Reg to, Reg from) { put(0, false, {opcode(what)}, to, from); }
    void alu(Do what, Reg to, Mem from) { put(0, false, {opcode(what)}, to, from); }
    void alu64(Do what, Reg to, Reg from) { put(0, true, {opcode(what)}, to, from); }
    void alu(Do what, Reg to, u32 value) {
        put(0, false, {0x81}, static_cast<Reg>(what), to);
        word(value);
    }
    void alu(Do what, Mem to, u32 value) {
        put(0, false, {0x81}, static_cast<Reg>(what), to);
        word(value);
    }
    /// With a value that is extended to 64 bits as a signed one.
    void alu64(Do what, Reg to, i32 value) {
        put(0, true, {0x81}, static_cast<Reg>(what), to);
        word(static_cast<u32>(value));
    }
    void or8(Mem to, Reg from) { put(0, false, {0x08}, from, to); }
    void test(Reg one, Reg other) { put(0, false, {0x85}, other, one); }
    void test64(Reg one, Reg other) { put(0, true, {0x85}, other, one); }
    void test8(Reg reg, u8 mask) {
        put(0, false, {0xF6}, eax, reg);
        byte(mask);
    }
    void invert(Reg reg) { put(0, false, {0xF7}, static_cast<Reg>(2), reg); }
    void shift(Shift what, Reg reg, u32 count) {
        put(0, false, {0xC1}, static_cast<Reg>(what), reg);
        byte(static_cast<u8>(count));
    }
    void shift64(Shift what, Reg reg, u32 count) {
        put(0, true, {0xC1}, static_cast<Reg>(what), reg);
        byte(static_cast<u8>(count));
    }
    void shift_by_cl(Shift what, Reg reg) { put(0, false, {0xD3}, static_cast<Reg>(what), reg); }
    template <class From> void imul(Reg to, From from) { put(0, false, {0x0F, 0xAF}, to, from); }
    void imul(Reg to, Reg from, u32 value) {
        put(0, false, {0x69}, to, from);
        word(value);
    }
    void imul64(Reg to, Reg from) { put(0, true, {0x0F, 0xAF}, to, from); }
    void swap_bytes(Reg reg) {
        rex(false, 0, no_reg, reg);
        byte(0x0F);
        byte(static_cast<u8>(0xC8 | (reg & 7)));
    }

    void set(If condition, Reg to) {
        put(0, false, {0x0F, static_cast<u8>(0x90 | static_cast<u8>(condition))}, eax, to);
    }
    void cmov(If condition, Reg to, Reg from) {
        put(0, false, {0x0F, static_cast<u8>(0x40 | static_cast<u8>(condition))}, to, from);
    }
    /// A jump to a place that `land` is told of later.
    Place jump(If condition) {
        byte(0x0F);
        byte(static_cast<u8>(0x80 | static_cast<u8>(condition)));
        return distance();
    }
    Place jump() {
        byte(0xE9);
        return distance();
    }
    void land(Place jump, Place at) {
        const u32 by = static_cast<u32>(at - (jump + 4));
        std::memcpy(code_.data() + jump, &by, 4);
    }
    void jump_to(Mem target) { put(0, false, {0xFF}, static_cast<Reg>(4), target); }
    void jump_to(Reg target) { put(0, false, {0xFF}, static_cast<Reg>(4), target); }
    void ret() { byte(0xC3); }

    // SSE2
    void movd(Xmm to, Mem from) { put(0x66, false, {0x0F, 0x6E}, static_cast<Reg>(to), from); }
    void movd(Reg to, Xmm from) { put(0x66, false, {0x0F, 0x7E}, static_cast<Reg>(from), to); }
    void pmaddwd(Xmm to, Xmm from) {
        put(0x66, false, {0x0F, 0xF5}, static_cast<Reg>(to), static_cast<Reg>(from));
    }

private:
    static constexpr u8 opcode(Do what) { return static_cast<u8>(8 * static_cast<u8>(what) + 3); }
    void byte(u8 value) { code_.push_back(value); }
    void word(u32 value) {
        for (unsigned i = 0; i < 4; ++i)
            byte(static_cast<u8>(value >> 8 * i));
    }
    Place distance() {
        word(0);
        return here() - 4;
    }
    void rex(bool wide, u8 reg, Reg index, u8 base) {
        const u8 bits =
            static_cast<u8>((wide ? 8 : 0) | (reg >> 3 & 1) << 2 |
                            (index == no_reg ? 0 : index >> 3 & 1) << 1 | (base >> 3 & 1));
        if (bits != 0)
            byte(static_cast<u8>(0x40 | bits));
    }
    void begin(u8 prefix, bool wide, std::initializer_list<u8> opcode, Reg reg, Reg index,
               Reg base) {
        if (prefix != 0)
            byte(prefix);
        rex(wide, reg, index, base);
        for (const u8 each : opcode)
            byte(each);
    }
    void put(u8 prefix, bool wide, std::initializer_list<u8> opcode, Reg reg, Reg other) {
        begin(prefix, wide, opcode, reg, no_reg, other);
        byte(static_cast<u8>(0xC0 | (reg & 7) << 3 | (other & 7)));
    }
    void put(u8 prefix, bool wide, std::initializer_list<u8> opcode, Reg reg, Mem mem) {
        begin(prefix, wide, opcode, reg, mem.index, mem.base);
        const bool with_sib = mem.index != no_reg || (mem.base & 7) == esp;
        const bool small = mem.displacement >= -128 && mem.displacement < 128;
        const bool none = mem.displacement == 0 && (mem.base & 7) != ebp;
        const u8 mode = none ? 0 : small ? 0x40 : 0x80;
        byte(static_cast<u8>(mode | (reg & 7) << 3 | (with_sib ? 4 : mem.base & 7)));
        if (with_sib) {
            const u8 scale = static_cast<u8>(__builtin_ctz(mem.scale));
            byte(static_cast<u8>(scale << 6 | (mem.index == no_reg ? 4 : mem.index & 7) << 3 |
                                 (mem.base & 7)));
        }
        if (none)
            return;
        if (small)
            byte(static_cast<u8>(mem.displacement));
        else
            word(static_cast<u32>(mem.displacement));
    }

    std::vector<u8> code_;
};

} // namespace tinysim::x86
