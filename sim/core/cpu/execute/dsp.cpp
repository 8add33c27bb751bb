#include "dsp.hpp"

#include "../core.hpp"

#include <array>
#include <utility>

namespace tinysim {
namespace {

template <unsigned Width> i32 lane(u32 value, unsigned shift, bool is_signed) {
    const u32 raw = value >> shift & ((1u << Width) - 1);
    return is_signed ? sign_extend<Width>(raw) : static_cast<i32>(raw);
}

constexpr i32 clamp(i32 value, i32 low, i32 high) {
    return value < low ? low : value > high ? high : value;
}

/// What a lane's exact sum or difference becomes, and its GE flag.
template <Lanes lanes, unsigned Width> u32 fit(i32 exact, bool subtract, bool& ge) {
    constexpr i32 limit = 1 << Width;
    switch (lanes) {
    case Lanes::s:
        ge = exact >= 0;
        return static_cast<u32>(exact);
    case Lanes::u:
        ge = subtract ? exact >= 0 : exact >= limit;
        return static_cast<u32>(exact);
    case Lanes::q:
        return static_cast<u32>(clamp(exact, -limit / 2, limit / 2 - 1));
    case Lanes::uq:
        return static_cast<u32>(clamp(exact, 0, limit - 1));
    default:
        return static_cast<u32>(exact >> 1);
    }
}

template <Parallel operation, Lanes lanes> void execute_parallel(Core& core, const Op* op) {
    constexpr bool is_signed = lanes == Lanes::s || lanes == Lanes::q || lanes == Lanes::sh;
    constexpr bool bytes = operation == Parallel::add8 || operation == Parallel::sub8;
    constexpr unsigned width = bytes ? 8 : 16;
    constexpr bool exchange = operation == Parallel::asx || operation == Parallel::sax;
    constexpr bool sets_ge = lanes == Lanes::s || lanes == Lanes::u;
    const u32 n = core.r[op->rn];
    const u32 m = exchange ? rotate_right(core.r[op->rm], 16) : core.r[op->rm];
    u32 result = 0;
    u32 flags = 0;
    for (unsigned shift = 0; shift < 32; shift += width) {
        const bool subtract = operation == Parallel::sub8 || operation == Parallel::sub16 ||
                              (operation == Parallel::asx && shift == 0) ||
                              (operation == Parallel::sax && shift != 0);
        const i32 a = lane<width>(n, shift, is_signed);
        const i32 b = lane<width>(m, shift, is_signed);
        bool ge = false;
        const u32 value = fit<lanes, width>(subtract ? a - b : a + b, subtract, ge);
        result |= (value & ((1u << width) - 1)) << shift;
        if (ge)
            flags |= (bytes ? 1u : 3u) << shift / 8;
    }
    core.r[op->rd] = result;
    if constexpr (sets_ge)
        core.ge = flags;
    return next(core, op);
}

void execute_select(Core& core, const Op* op) {
    u32 mask = 0;
    for (unsigned i = 0; i < 4; ++i)
        if ((core.ge >> i & 1) != 0)
            mask |= 0xFFu << 8 * i;
    core.r[op->rd] = (core.r[op->rn] & mask) | (core.r[op->rm] & ~mask);
    return next(core, op);
}

i64 saturate_signed(Core& core, i64 value, unsigned width) {
    const i64 high = (i64{1} << (width - 1)) - 1;
    if (value > high || value < -high - 1) {
        core.q = 1;
        return value > high ? high : -high - 1;
    }
    return value;
}

i64 saturate_unsigned(Core& core, i64 value, unsigned width) {
    const i64 high = (i64{1} << width) - 1;
    if (value > high || value < 0) {
        core.q = 1;
        return value > high ? high : 0;
    }
    return value;
}

template <bool Subtract, bool Doubled> void execute_saturating(Core& core, const Op* op) {
    const i64 a = static_cast<i32>(core.r[op->rm]);
    i64 b = static_cast<i32>(core.r[op->rn]);
    if constexpr (Doubled)
        b = saturate_signed(core, 2 * b, 32);
    core.r[op->rd] = static_cast<u32>(saturate_signed(core, Subtract ? a - b : a + b, 32));
    return next(core, op);
}

template <bool Signed> void execute_saturate(Core& core, const Op* op) {
    const u32 shift = op->aux & 31;
    const i32 value = static_cast<i32>(core.r[op->rn]);
    const i64 operand =
        (op->aux & 32) != 0 ? value >> shift : static_cast<i32>(static_cast<u32>(value) << shift);
    const i64 result = Signed ? saturate_signed(core, operand, op->imm)
                              : saturate_unsigned(core, operand, op->imm);
    core.r[op->rd] = static_cast<u32>(result);
    return next(core, op);
}

template <bool Signed> void execute_saturate16(Core& core, const Op* op) {
    u32 result = 0;
    for (unsigned shift = 0; shift < 32; shift += 16) {
        const i64 value = lane<16>(core.r[op->rn], shift, true);
        const i64 fitted = Signed ? saturate_signed(core, value, op->imm)
                                  : saturate_unsigned(core, value, op->imm);
        result |= (static_cast<u32>(fitted) & 0xFFFF) << shift;
    }
    core.r[op->rd] = result;
    return next(core, op);
}

template <bool Top> void execute_pack(Core& core, const Op* op) {
    const u32 n = core.r[op->rn];
    if constexpr (Top) {
        const u32 m = static_cast<u32>(static_cast<i32>(core.r[op->rm]) >> op->aux);
        core.r[op->rd] = (n & 0xFFFF0000) | (m & 0xFFFF);
    } else {
        core.r[op->rd] = (core.r[op->rm] << op->aux & 0xFFFF0000) | (n & 0xFFFF);
    }
    return next(core, op);
}

template <std::size_t... Index>
constexpr std::array<Handler, sizeof...(Index)> parallel_table(std::index_sequence<Index...>) {
    return {execute_parallel<static_cast<Parallel>(Index / 6), static_cast<Lanes>(Index % 6)>...};
}

} // namespace

Handler parallel_handler(Parallel operation, Lanes lanes) {
    static constexpr auto table = parallel_table(std::make_index_sequence<36>());
    return table[static_cast<std::size_t>(operation) * 6 + static_cast<std::size_t>(lanes)];
}

Handler select_handler() { return execute_select; }

Handler saturating_handler(bool subtract, bool doubled) {
    if (subtract)
        return doubled ? execute_saturating<true, true> : execute_saturating<true, false>;
    return doubled ? execute_saturating<false, true> : execute_saturating<false, false>;
}

Handler saturate_handler(bool is_signed) {
    return is_signed ? execute_saturate<true> : execute_saturate<false>;
}

Handler saturate16_handler(bool is_signed) {
    return is_signed ? execute_saturate16<true> : execute_saturate16<false>;
}

Handler pack_handler(bool top) { return top ? execute_pack<true> : execute_pack<false>; }

} // namespace tinysim
