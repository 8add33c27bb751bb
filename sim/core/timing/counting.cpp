#include "counting.hpp"

namespace tinysim {

void InstructionCount::prepare(Block& block) const { block.bound = block.count; }

Cycles InstructionCount::run(const Execution& execution, Cycles now) {
    return now + execution.count;
}

Cycles InstructionCount::run_part(const Execution& execution, Cycles now) {
    return now + execution.count;
}

Cycles InstructionCount::preview(const Execution& execution, Cycles now) const {
    return now + execution.count;
}

void ConstantRate::prepare(Block& block) const { block.bound = of(block.count) + 1; }

Cycles ConstantRate::run(const Execution& execution, Cycles now) {
    return now + of(execution.count);
}

Cycles ConstantRate::run_part(const Execution& execution, Cycles now) {
    return now + of(execution.count);
}

Cycles ConstantRate::preview(const Execution& execution, Cycles now) const {
    return now + of(execution.count);
}

} // namespace tinysim
