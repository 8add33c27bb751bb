#include "data_processing.hpp"

#include "../core.hpp"

#include <array>
#include <utility>

namespace tinysim {
namespace {

/// A + B + carry with the flags of ADD (DDI0403 AddWithCarry).
inline u32 add_flags(Core& core, u32 a, u32 b, u32 carry) {
    const u64 wide = u64{a} + b + carry;
    const u32 result = static_cast<u32>(wide);
    core.set_nz(result);
    core.c = static_cast<u32>(wide >> 32);
    core.v = (a ^ result) & (b ^ result);
    return result;
}

constexpr bool is_logical(Alu alu) {
    switch (alu) {
    case Alu::add:
    case Alu::adc:
    case Alu::sbc:
    case Alu::sub:
    case Alu::rsb:
    case Alu::cmp:
    case Alu::cmn:
        return false;
    default:
        return true;
    }
}

/// The second operand; sets `carry` to the shifter's carry out where `Carry` asks for it.
template <Operand operand, bool Carry> u32 operand_of(Core& core, const Op* op, u32& carry) {
    if constexpr (operand == Operand::imm) {
        if constexpr (Carry)
            carry = op->aux == 2 ? core.c : op->aux;
        return op->imm;
    }
    const u32 value = core.r[op->rm];
    const u32 n = op->imm;
    switch (operand) {
    case Operand::lsl:
        if constexpr (Carry)
            carry = value >> (32 - n) & 1;
        return value << n;
    case Operand::lsr:
        if constexpr (Carry)
            carry = value >> (n - 1) & 1;
        return n == 32 ? 0 : value >> n;
    case Operand::asr:
        if constexpr (Carry)
            carry = value >> (n - 1) & 1;
        return static_cast<u32>(static_cast<i32>(value) >> (n == 32 ? 31 : n));
    case Operand::ror:
        if constexpr (Carry)
            carry = value >> (n - 1) & 1;
        return rotate_right(value, n);
    case Operand::rrx: {
        const u32 result = value >> 1 | core.c << 31;
        if constexpr (Carry)
            carry = value & 1;
        return result;
    }
    default:
        if constexpr (Carry)
            carry = core.c;
        return value;
    }
}

template <Alu alu, Operand operand, bool S> void execute_alu(Core& core, const Op* op) {
    u32 carry = 0;
    const u32 b = operand_of < operand, S && is_logical(alu) > (core, op, carry);
    const u32 a = core.r[op->rn];
    u32 result = 0;
    switch (alu) {
    case Alu::and_:
    case Alu::tst:
        result = a & b;
        break;
    case Alu::bic:
        result = a & ~b;
        break;
    case Alu::orr:
        result = a | b;
        break;
    case Alu::orn:
        result = a | ~b;
        break;
    case Alu::eor:
    case Alu::teq:
        result = a ^ b;
        break;
    case Alu::mov:
        result = b;
        break;
    case Alu::mvn:
        result = ~b;
        break;
    case Alu::add:
    case Alu::cmn:
        result = S ? add_flags(core, a, b, 0) : a + b;
        break;
    case Alu::adc:
        result = S ? add_flags(core, a, b, core.c) : a + b + core.c;
        break;
    case Alu::sbc:
        result = S ? add_flags(core, a, ~b, core.c) : a + ~b + core.c;
        break;
    case Alu::sub:
    case Alu::cmp:
        result = S ? add_flags(core, a, ~b, 1) : a - b;
        break;
    case Alu::rsb:
        result = S ? add_flags(core, ~a, b, 1) : b - a;
        break;
    }
    if constexpr (S && is_logical(alu)) {
        core.set_nz(result);
        core.c = carry;
    }
    if constexpr (!is_compare(alu))
        core.r[op->rd] = result;
    return next(core, op);
}

template <Operand shift, bool S> void execute_shift(Core& core, const Op* op) {
    const u32 value = core.r[op->rn];
    const u32 n = core.r[op->rm] & 0xFF;
    u32 result = value;
    u32 carry = core.c;
    if (n != 0) {
        if constexpr (shift == Operand::lsl) {
            result = n < 32 ? value << n : 0;
            carry = n <= 32 ? value >> (32 - n) & 1 : 0;
        } else if constexpr (shift == Operand::lsr) {
            result = n < 32 ? value >> n : 0;
            carry = n <= 32 ? value >> (n - 1) & 1 : 0;
        } else if constexpr (shift == Operand::asr) {
            result = static_cast<u32>(static_cast<i32>(value) >> (n < 32 ? n : 31));
            carry = n < 32 ? value >> (n - 1) & 1 : value >> 31;
        } else {
            result = rotate_right(value, n);
            carry = result >> 31;
        }
    }
    core.r[op->rd] = result;
    if constexpr (S) {
        core.set_nz(result);
        core.c = carry;
    }
    return next(core, op);
}

template <std::size_t Index> constexpr Handler alu_at() {
    constexpr auto alu = static_cast<Alu>(Index / 14);
    constexpr auto operand = static_cast<Operand>(Index / 2 % 7);
    constexpr bool set_flags = Index % 2 != 0 || is_compare(alu);
    return execute_alu<alu, operand, set_flags>;
}

template <std::size_t... Index>
constexpr std::array<Handler, sizeof...(Index)> alu_table(std::index_sequence<Index...>) {
    return {alu_at<Index>()...};
}

void execute_movt(Core& core, const Op* op) {
    core.r[op->rd] = (core.r[op->rd] & 0xFFFF) | op->imm << 16;
    return next(core, op);
}

void execute_bfi(Core& core, const Op* op) {
    core.r[op->rd] = (core.r[op->rd] & ~op->imm) | (core.r[op->rn] << op->aux & op->imm);
    return next(core, op);
}

void execute_bfc(Core& core, const Op* op) {
    core.r[op->rd] &= ~op->imm;
    return next(core, op);
}

void execute_ubfx(Core& core, const Op* op) {
    core.r[op->rd] = core.r[op->rn] >> op->aux & op->imm;
    return next(core, op);
}

void execute_sbfx(Core& core, const Op* op) {
    core.r[op->rd] =
        static_cast<u32>(static_cast<i32>(core.r[op->rn] << op->aux) >> static_cast<i32>(op->imm));
    return next(core, op);
}

template <Extend extend, bool Add> void execute_extend(Core& core, const Op* op) {
    const u32 value = rotate_right(core.r[op->rm], op->aux);
    if constexpr (extend == Extend::sxtb16 || extend == Extend::uxtb16) {
        u32 low = value & 0xFF;
        u32 high = value >> 16 & 0xFF;
        if constexpr (extend == Extend::sxtb16) {
            low = static_cast<u32>(sign_extend<8>(low));
            high = static_cast<u32>(sign_extend<8>(high));
        }
        if constexpr (Add) {
            low += core.r[op->rn];
            high += core.r[op->rn] >> 16;
        }
        core.r[op->rd] = (low & 0xFFFF) | high << 16;
    } else {
        u32 result = 0;
        if constexpr (extend == Extend::sxtb)
            result = static_cast<u32>(sign_extend<8>(value));
        else if constexpr (extend == Extend::uxtb)
            result = value & 0xFF;
        else if constexpr (extend == Extend::sxth)
            result = static_cast<u32>(sign_extend<16>(value));
        else
            result = value & 0xFFFF;
        core.r[op->rd] = Add ? core.r[op->rn] + result : result;
    }
    return next(core, op);
}

template <Extend extend> Handler extend_choice(bool add) {
    return add ? execute_extend<extend, true> : execute_extend<extend, false>;
}

template <Reverse reverse> void execute_reverse(Core& core, const Op* op) {
    const u32 value = core.r[op->rm];
    u32 result = 0;
    switch (reverse) {
    case Reverse::rev:
        result = __builtin_bswap32(value);
        break;
    case Reverse::rev16:
        result = rotate_right(__builtin_bswap32(value), 16);
        break;
    case Reverse::revsh:
        result = static_cast<u32>(static_cast<i16>(__builtin_bswap16(static_cast<u16>(value))));
        break;
    case Reverse::rbit:
        for (unsigned i = 0; i < 32; ++i)
            result |= (value >> i & 1) << (31 - i);
        break;
    case Reverse::clz:
        result = value == 0 ? 32 : static_cast<u32>(__builtin_clz(value));
        break;
    }
    core.r[op->rd] = result;
    return next(core, op);
}

} // namespace

Handler alu_handler(Alu alu, Operand operand, bool set_flags) {
    static constexpr auto table = alu_table(std::make_index_sequence<16 * 14>());
    return table[static_cast<std::size_t>(alu) * 14 + static_cast<std::size_t>(operand) * 2 +
                 (set_flags ? 1 : 0)];
}

Handler shift_handler(Operand shift, bool set_flags) {
    switch (shift) {
    case Operand::lsl:
        return set_flags ? execute_shift<Operand::lsl, true> : execute_shift<Operand::lsl, false>;
    case Operand::lsr:
        return set_flags ? execute_shift<Operand::lsr, true> : execute_shift<Operand::lsr, false>;
    case Operand::asr:
        return set_flags ? execute_shift<Operand::asr, true> : execute_shift<Operand::asr, false>;
    default:
        return set_flags ? execute_shift<Operand::ror, true> : execute_shift<Operand::ror, false>;
    }
}

Handler movt_handler() { return execute_movt; }
Handler bfi_handler() { return execute_bfi; }
Handler bfc_handler() { return execute_bfc; }
Handler ubfx_handler() { return execute_ubfx; }
Handler sbfx_handler() { return execute_sbfx; }

Handler extend_handler(Extend extend, bool add) {
    switch (extend) {
    case Extend::sxtb:
        return extend_choice<Extend::sxtb>(add);
    case Extend::uxtb:
        return extend_choice<Extend::uxtb>(add);
    case Extend::sxth:
        return extend_choice<Extend::sxth>(add);
    case Extend::uxth:
        return extend_choice<Extend::uxth>(add);
    case Extend::sxtb16:
        return extend_choice<Extend::sxtb16>(add);
    default:
        return extend_choice<Extend::uxtb16>(add);
    }
}

Handler reverse_handler(Reverse reverse) {
    switch (reverse) {
    case Reverse::rev:
        return execute_reverse<Reverse::rev>;
    case Reverse::rev16:
        return execute_reverse<Reverse::rev16>;
    case Reverse::revsh:
        return execute_reverse<Reverse::revsh>;
    case Reverse::rbit:
        return execute_reverse<Reverse::rbit>;
    default:
        return execute_reverse<Reverse::clz>;
    }
}

} // namespace tinysim
