#include "../timing/counting.hpp"
#include "../timing/cycle_model.hpp"
#include "../timing/manual.hpp"
#include "core.hpp"

#include <algorithm>
#include <cfenv>
#include <utility>

namespace tinysim {
namespace {

/// More cycles than any LDM or STM can take.
constexpr Cycles longest_multiple = 200;

} // namespace

Cycles Core::cycles_until(const Op& op) const {
    return timing_->preview({*running_block_, op.index, op, way()}, cycles);
}

/// Time goes by without instructions.
void Core::pass_until(Cycles time) {
    cycles = time;
    timing_->restart(cycles);
}

void Core::sleep_until(Cycles time) {
    if (observer && time != cycles) {
        observer->slept(true, cycles);
        observer->slept(false, time);
    }
    sleep_cycles += time - cycles;
    pass_until(time);
}

Cycles Core::now() const { return accessing_ ? cycles_until(*accessing_) : cycles; }

u64 Core::executed() const { return accessing_ ? instructions + accessing_->index : instructions; }

u32 Core::current_pc() const { return accessing_ ? accessing_->pc : pc; }

template <class Model> inline void Core::account(Model& timing, Block& block) {
    instructions += block.count;
    cycles = timing.run(block, way(), cycles);
    if (lazily_stacked != 0) [[unlikely]]
        cycles = timing.stack_lazily(std::exchange(lazily_stacked, 0), cycles);
}

void Core::account_profiled(Block& block) {
    const Cycles before = cycles;
    account(*timing_, block);
    ++block.executions;
    block.executed_cycles += cycles - before;
    if (observer)
        observer->executed(block.pc, block.end, before);
}

/// Accounts for a block that was left at `stopped_at`, and finds where to go on.
void Core::account_partial(Block& block, bool completed) {
    const Op& op = *stopped_at;
    const u32 executed = op.index + (completed ? 1u : 0u);
    instructions += executed;
    const Op* boundary = &op;
    while (completed && boundary->index == op.index)
        ++boundary;
    const Cycles before = cycles;
    cycles = timing_->run_part({block, executed, *boundary, way()}, cycles);
    if (lazily_stacked != 0)
        cycles = timing_->stack_lazily(std::exchange(lazily_stacked, 0), cycles);
    if (profiling && observer && executed != 0)
        observer->executed(block.pc, boundary->pc, before);
    if (exit != Exit::diverted) {
        const bool inside = executed < block.count;
        pc = inside ? block.instructions[executed].pc : block.end;
        it_state = inside ? block.instructions[executed].it_state : block.end_it_state;
    } else {
        it_state = 0;
    }
}

inline Block* Core::next_block(Block& block) {
    static_assert(static_cast<int>(Exit::next) == 0 && static_cast<int>(Exit::taken) == 1);
    if (exit <= Exit::taken) [[likely]] {
        Block* const known = block.next[static_cast<unsigned>(exit)];
        return known ? known : follow(block);
    }
    return exit == Exit::indirect ? find_block(pc, 0) : nullptr;
}

inline void Core::execute_untimed(Block& block) {
    if (--block.until_translated == 0) [[unlikely]]
        translator.translate(block, timing_->follows_trace());
    exit = Exit::next;
    beyond_manual = 0;
    running_block_ = &block;
    block.ops.front().run(*this, block.ops.data());
}

template <class Model> inline void Core::account_for(Model& timing, Block& block) {
    if (exit > Exit::indirect) [[unlikely]]
        account_partial(block, exit != Exit::aborted);
    else if (profiling) [[unlikely]]
        account_profiled(block);
    else
        account(timing, block);
}

void Core::execute(Block& block) {
    execute_untimed(block);
    account_for(*timing_, block);
}

/// Accounts for what has been executed of `execute_rounds`.
void Core::settle_rounds() {
    if (rounds_ == 0)
        return;
    instructions += rounds_ * running_block_->count;
    timing_->repeat(std::exchange(rounds_, 0));
}

/// A block has branched to itself. As long as it does so in the same way, each round takes the
/// same, which is added at once. Returns the block that comes then.
Block* Core::execute_rounds(Block& block) {
    const auto round = timing_->repeated(block, way());
    if (!round)
        return &block;
    const u32 beyond = beyond_manual;
    const u64 accesses = slow_accesses_;
    while (cycles + block.bound <= deadline_) {
        execute_untimed(block);
        const bool alike = exit == Exit::taken && beyond_manual == beyond &&
                           (trace.kinds_from(0) & round->mask) == round->kinds &&
                           slow_accesses_ == accesses;
        if (!alike) {
            settle_rounds();
            account_for(*timing_, block);
            return next_block(block);
        }
        cycles += round->cycles;
        ++rounds_;
    }
    settle_rounds();
    return &block;
}

template <class Model> Stop Core::run_blocks(Model& timing) {
    Block* block = nullptr;
    for (;;) {
        if (!block || cycles + block->bound > deadline_) [[unlikely]]
            if (!attend(block))
                return stop_;
        execute_untimed(*block);
        account_for(timing, *block);
        Block* const next = next_block(*block);
        const bool repeats = next == block && next == block->next[1] && exit == Exit::taken;
        block = repeats && adds_rounds && !profiling ? execute_rounds(*block) : next;
    }
}

/// Most blocks are so short that the call of a model would take as long as they do.
Stop Core::run_blocks() {
    if (auto* const model = dynamic_cast<CycleModel*>(timing_))
        return run_blocks(*model);
    if (auto* const count = dynamic_cast<InstructionCount*>(timing_))
        return run_blocks(*count);
    if (auto* const manual = dynamic_cast<ManualCycles*>(timing_))
        return run_blocks(*manual);
    return run_blocks(*timing_);
}

/// An event may fall within an LDM or STM. If it brings an interrupt, the registers that have
/// been transferred by then are, and the rest waits for the return (DDI0403 B1.5.10).
bool Core::interrupt_multiple(const Block& block) {
    const Instruction& info = block.instructions.front();
    const bool multiple = info.kind == Kind::load_multiple || info.kind == Kind::store_multiple;
    if (!multiple || info.fp_sources != 0 || info.fp_destinations != 0 || it_state != 0 ||
        event_deadline_ <= cycles || event_deadline_ >= cycles + block.cost)
        return false;
    const Cycles start = cycles;
    cycles = event_deadline_;
    fire_events();
    if (exceptions.next(primask, faultmask, basepri) == 0) {
        cycles = start;
        return false;
    }
    timing_->restart(cycles);
    const Op& op = block.ops.front();
    const bool load = info.kind == Kind::load_multiple;
    // With its base in the list it starts again, and so does a PUSH, as the exception's frame
    // goes where it has written.
    if (load ? (op.imm >> op.rn & 1) != 0 : op.rn == 13)
        return true;
    const bool decrement = op.decrement;
    u32 at = decrement ? r[op.rn] - 4 * op.aux : r[op.rn];
    u32 list = op.imm;
    Cycles left = std::min<Cycles>(cycles - start - 1, info.accesses - 1u);
    for (; left > 0; --left, list &= list - 1, at += 4) {
        const unsigned reg = static_cast<unsigned>(__builtin_ctz(list));
        u32 value = r[reg];
        const Access result = load ? read_permitted(at, 4, value) : write_permitted(at, 4, value);
        if (result != Access::ok)
            return true; // it starts again, and faults
        if (load)
            r[reg] = value;
    }
    const unsigned next_register = static_cast<unsigned>(__builtin_ctz(list));
    // Register 0 is where it starts anyway.
    it_state = next_register << 4;
    return true;
}

/// Everything that can come between two instructions. Leaves the next block to execute in
/// `block`; false: the run ends here.
bool Core::attend(Block*& block) {
    if (block) {
        pc = block->pc;
        it_state = block->it_state;
    }
    for (;;) {
        if (flush_pending_) {
            flush_blocks();
            flush_pending_ = false;
        }
        if (pending_fault_.pending)
            raise_synchronous();
        if (call_supervisor_) {
            call_supervisor_ = false;
            raise(Exception::sv_call, pc);
        }
        if (exc_return_ != 0)
            exception_return(std::exchange(exc_return_, 0));
        if (pending_fault_.pending && !stopping_)
            continue;
        if (cycles >= event_deadline_)
            fire_events();
        if (debugging.attends() && !stopping_ && halts_here())
            continue;
        if (rests() && asleep())
            continue;
        if (stopping_) {
            stopping_ = false;
            return false;
        }
        if (stepping_ ? instructions >= step_until_ : cycles >= limit_) {
            stop_ = Stop::budget;
            return false;
        }
        if (cycles < stalled_until_) {
            pass_until(std::min({stalled_until_, event_deadline_, limit_}));
            continue;
        }
        if (take_exception()) {
            if (debugging.step == Debugging::armed)
                debugging.step = Debugging::done;
            continue;
        }
        if (!resuming_ && !breakpoints.empty() && breakpoints.contains(pc)) {
            stop_ = Stop::breakpoint;
            return false;
        }
        if (debugging.breaks_at(pc)) {
            meet_breakpoint();
            continue;
        }
        resuming_ = false;
        if (may_wait_) {
            may_wait_ = false;
            if (!stepping_ && pc == waiting_ && skip_wait(*find_block(pc, it_state)))
                continue;
        }
        if (cycles + longest_multiple > event_deadline_ &&
            interrupt_multiple(*find_single(pc, it_state)))
            continue;
        deadline_ = std::min({event_deadline_, limit_, never / 4});
        block = find_block(pc, it_state);
        if (stepping_ || debugging.step == Debugging::armed ||
            cycles + block->bound > event_deadline_ || block->bound >= never / 2)
            block = find_single(pc, it_state);
        if (cycles >= stalled_until_)
            break;
    }
    const bool steps = debugging.step == Debugging::armed;
    const bool matches = !debugging.watched_code.empty() && match_code();
    if (steps)
        debugging.step = Debugging::done;
    if (stepping_ || steps || matches)
        deadline_ = 0;
    return true;
}

/// Runs until something stops it.
Stop Core::go() {
    resuming_ = std::exchange(stop_, Stop::budget) == Stop::breakpoint;
    stopping_ = false;
    std::feclearexcept(FE_ALL_EXCEPT);
    need_attention();
    const Stop result = run_blocks();
    read_fpscr();
    running_block_ = nullptr;
    return result;
}

Stop Core::run(Cycles limit) {
    limit_ = limit;
    return go();
}

Stop Core::step(u64 count) {
    stepping_ = true;
    step_until_ = instructions + count;
    limit_ = never;
    const Stop result = go();
    stepping_ = false;
    return result;
}

} // namespace tinysim
