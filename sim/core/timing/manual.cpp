#include "manual.hpp"

#include <algorithm>

namespace tinysim {
namespace {

bool is_computed(Kind kind) {
    return kind == Kind::alu || kind == Kind::multiply || kind == Kind::divide ||
           kind == Kind::system || kind == Kind::fp || kind == Kind::fp_pair;
}

bool pipelines_behind_load(const Instruction& instruction) {
    return (instruction.kind == Kind::load && !instruction.writes_pc) ||
           (instruction.kind == Kind::store && instruction.register_offset);
}

u32 alone(const Instruction& instruction) {
    const u32 count = instruction.accesses;
    switch (instruction.kind) {
    case Kind::divide:
        return 2; // the rest depends on the operands
    case Kind::load:
        return instruction.writes_pc ? 2 + refill_load : 2;
    case Kind::store:
        return instruction.register_offset ? 2 : 1;
    case Kind::load_double:
    case Kind::store_double:
    case Kind::store_multiple:
        return 1 + count;
    case Kind::load_multiple:
        return 1 + count + (instruction.writes_pc ? refill_load : 0);
    case Kind::branch_register:
        return 1 + refill_register;
    case Kind::table_branch:
        return 2 + refill_register;
    case Kind::fp_pair:
        return 2;
    case Kind::fp_accumulate:
        return 3;
    case Kind::fp_divide:
        return 14;
    case Kind::it:
        return 0;
    case Kind::system:
        return 2;
    default:
        return 1;
    }
}

} // namespace

u32 carry_of(const Instruction& last) {
    if (last.kind == Kind::load && !last.writes_pc)
        return Carry::loaded | last.destinations;
    if (is_computed(last.kind))
        return Carry::computed | last.destinations;
    return 0;
}

i32 carry_cycles(const Instruction& first, u32 carry) {
    const bool depends = (carry & first.address_sources) != 0;
    if ((carry & Carry::loaded) != 0)
        return pipelines_behind_load(first) && !depends ? -1 : 0;
    if ((carry & Carry::computed) != 0)
        return accesses_memory(first.kind) && depends ? 1 : 0;
    return 0;
}

u32 manual_cycles(const Instruction& instruction, const Instruction* previous) {
    u32 cycles = alone(instruction);
    if (!previous)
        return cycles;
    cycles += static_cast<u32>(carry_cycles(instruction, carry_of(*previous)));
    const bool fp_result = (previous->fp_destinations & instruction.fp_sources) != 0;
    if (fp_result && instruction.kind >= Kind::fp && instruction.kind <= Kind::fp_divide)
        ++cycles;
    return cycles;
}

void ManualCycles::prepare(Block& block) const {
    // A division takes up to 12 cycles, of which the table has 2.
    const auto divisions =
        std::count_if(block.instructions.begin(), block.instructions.end(),
                      [](const Instruction& one) { return one.kind == Kind::divide; });
    block.bound = block.cost + block.taken_cost + 10 * static_cast<Cycles>(divisions) + 1;
}

Cycles ManualCycles::run_part(const Part& part, Cycles now) {
    const Cycles end = preview(part, now);
    // Whether its block ends there or not, an instruction is what it is to the next one.
    carry_ = part.way.exit == Exit::left ? carry_of(part.block.instructions[part.count - 1]) : 0;
    return end;
}

Cycles ManualCycles::preview(const Part& part, Cycles now) const {
    return now + static_cast<u32>(part.end.cycles + part.way.beyond_manual);
}

Cycles ManualCycles::switch_context(const ContextSwitch& change, Cycles now) {
    carry_ = 0;
    return Timing::switch_context(change, now);
}

} // namespace tinysim
