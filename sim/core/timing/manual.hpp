#pragma once

#include "timing.hpp"

namespace tinysim {

/// Tier T2: cycles by the Technical Reference Manual (100166, table 3-1), memory without wait
/// states. `previous` is the instruction executed before, or null after a taken branch.
u32 manual_cycles(const Instruction& instruction, const Instruction* previous);

/// Pipeline refill after a direct branch: 1, and 1 more where the first instruction at the
/// target straddles two words.
inline constexpr u32 refill_direct = 1;
inline constexpr u32 refill_register = 2;
inline constexpr u32 refill_load = 3;

/// What the last instruction of a block means to the first of the next one: the registers it
/// wrote, and in which way.
struct Carry {
    static constexpr u32 loaded = 1u << 16;
    static constexpr u32 computed = 1u << 17;
};
u32 carry_of(const Instruction& last);
/// Cycles to add to a block that begins with `first`, as a signed number.
i32 carry_cycles(const Instruction& first, u32 carry);

/// Tier T2: the manual's cycles, of a block and across its borders.
class ManualCycles final : public Timing {
public:
    void prepare(Block& block) const override;
    Cycles run(Block& block, Way way, Cycles now) override {
        Cycles spent = static_cast<u32>(block.cost + way.beyond_manual);
        if (way.exit == Exit::taken)
            spent += block.taken_cost;
        if (carry_ != 0) [[unlikely]]
            spent += static_cast<Cycles>(i64{carry_cycles(block.instructions.front(), carry_)});
        carry_ = way.exit == Exit::next ? block.carry : 0;
        return now + spent;
    }
    Cycles run_part(const Part& part, Cycles now) override;
    Cycles preview(const Part& part, Cycles now) const override;
    Cycles switch_context(const ContextSwitch& change, Cycles now) override;
    void restart(Cycles) override { carry_ = 0; }
    void reset(Cycles) override { carry_ = 0; }
    void fields(State& state) override { state(carry_); }

private:
    u32 carry_ = 0; ///< of the block before, see Carry
};

} // namespace tinysim
