#pragma once

#include "timing.hpp"

namespace tinysim {

/// Tier T0: a cycle an instruction.
class InstructionCount final : public Timing {
public:
    void prepare(Block& block) const override;
    Cycles run(Block& block, Way, Cycles now) override { return now + block.count; }
    Cycles run_part(const Part& part, Cycles now) override;
    Cycles preview(const Part& part, Cycles now) const override;
};

/// Tier T1: so many cycles an instruction.
class ConstantRate final : public Timing {
public:
    u32 percent = 140; ///< cycles for a hundred instructions

    void prepare(Block& block) const override;
    Cycles run(Block& block, Way way, Cycles now) override;
    Cycles run_part(const Part& part, Cycles now) override;
    Cycles preview(const Part& part, Cycles now) const override;

private:
    Cycles of(u32 instructions) const { return u64{instructions} * percent / 100; }
};

} // namespace tinysim
