#include "counting.hpp"

namespace tinysim {

void InstructionCount::prepare(Block& block) const { block.bound = block.count; }

Cycles InstructionCount::run_part(const Part& part, Cycles now) { return now + part.count; }

Cycles InstructionCount::preview(const Part& part, Cycles now) const { return now + part.count; }

void ConstantRate::prepare(Block& block) const { block.bound = of(block.count) + 1; }

Cycles ConstantRate::run(Block& block, Way, Cycles now) { return now + of(block.count); }

Cycles ConstantRate::run_part(const Part& part, Cycles now) { return now + of(part.count); }

Cycles ConstantRate::preview(const Part& part, Cycles now) const { return now + of(part.count); }

} // namespace tinysim
