#include "branch.hpp"

#include "../condition.hpp"

#include <array>
#include <utility>

namespace tinysim {
namespace {

void execute_end(Core& core, const Op*) { core.exit = Exit::next; }

void execute_branch(Core& core, const Op*) { core.exit = Exit::taken; }

template <unsigned condition> void execute_conditional(Core& core, const Op*) {
    core.exit = passes<condition>(core) ? Exit::taken : Exit::next;
}

void execute_branch_link(Core& core, const Op* op) {
    core.r[14] = op->aux | 1;
    core.exit = Exit::taken;
}

template <bool Link> void execute_branch_exchange(Core& core, const Op* op) {
    const u32 target = core.r[op->rm];
    if constexpr (Link)
        core.r[14] = (op->pc + 2) | 1;
    core.branch_indirect(target, op);
}

template <bool Nonzero> void execute_compare_branch(Core& core, const Op* op) {
    core.exit = (core.r[op->rn] != 0) == Nonzero ? Exit::taken : Exit::next;
}

template <bool Half> void execute_table_branch(Core& core, const Op* op) {
    const u32 base = op->rn == 15 ? op->pc + 4 : core.r[op->rn];
    const u32 at = base + (Half ? core.r[op->rm] << 1 : core.r[op->rm]);
    core.note_access(op, at, Half ? 2 : 1, Half ? 2 : 1);
    u32 entry = 0;
    if (const u8* host = core.protection.readable->find<u8>(at); host && (!Half || (at & 1) == 0)) {
        entry = Half ? host[0] | u32{host[1]} << 8 : host[0];
    } else if (!core.read_slow(op, at, Half ? 2 : 1, entry)) {
        return;
    }
    core.pc = op->pc + 4 + 2 * entry;
    core.exit = Exit::indirect;
}

void execute_move_pc(Core& core, const Op* op) {
    core.pc = core.r[op->rm] & ~1u;
    core.exit = Exit::indirect;
}

void execute_add_pc(Core& core, const Op* op) {
    core.pc = (op->pc + 4 + core.r[op->rm]) & ~1u;
    core.exit = Exit::indirect;
}

template <unsigned condition> void execute_guard(Core& core, const Op* op) {
    const bool execute = passes<condition>(core);
    core.trace.kinds[op->slot] = execute;
    if (execute)
        return next(core, op);
    core.beyond_manual -= op->skip;
    return op[op->aux].run(core, op + op->aux);
}

void execute_read_pc(Core& core, const Op* op) {
    core.r[15] = op->pc + 4;
    return next(core, op);
}

template <std::size_t... Index>
constexpr std::array<Handler, sizeof...(Index)> conditional_table(std::index_sequence<Index...>) {
    return {execute_conditional<Index>...};
}

template <std::size_t... Index>
constexpr std::array<Handler, sizeof...(Index)> guard_table(std::index_sequence<Index...>) {
    return {execute_guard<Index>...};
}

} // namespace

Handler branch_handler() { return execute_branch; }

Handler conditional_branch_handler(unsigned condition) {
    static constexpr auto table = conditional_table(std::make_index_sequence<15>());
    return table[condition];
}

Handler branch_link_handler() { return execute_branch_link; }

Handler branch_exchange_handler(bool link) {
    return link ? execute_branch_exchange<true> : execute_branch_exchange<false>;
}

Handler compare_branch_handler(bool nonzero) {
    return nonzero ? execute_compare_branch<true> : execute_compare_branch<false>;
}

Handler table_branch_handler(bool half) {
    return half ? execute_table_branch<true> : execute_table_branch<false>;
}

Handler move_pc_handler() { return execute_move_pc; }
Handler add_pc_handler() { return execute_add_pc; }

Handler guard_handler(unsigned condition) {
    static constexpr auto table = guard_table(std::make_index_sequence<15>());
    return table[condition];
}

Handler read_pc_handler() { return execute_read_pc; }
Handler end_handler() { return execute_end; }

} // namespace tinysim
