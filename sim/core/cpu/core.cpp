#include "core.hpp"

#include "../timing/manual.hpp"

#include <algorithm>
#include <cfenv>
#include <utility>

namespace tinysim {
namespace {

/// More cycles than any LDM or STM can take.
constexpr Cycles longest_multiple = 200;

} // namespace

Core::Core(Bus& bus, Surroundings& around) : bus(bus), around(around), pages_(Pages::count) {
    trace = trace_.entries.data();
    bus.code_written = [this](u32) { code_changed(); };
}

void Core::reset() {
    exceptions.reset();
    r = {};
    s = {};
    n = c = v = q = ge = fpscr = fp_flags = it_state = other_sp = basepri = 0;
    z = 1;
    fp_special = primask = faultmask = unprivileged = process_stack = fp_active = exclusive = false;
    event_register = sleeping_ = stopping_ = call_supervisor_ = false;
    held = for_event_ = deep_ = false;
    stuck_since_ = never;
    pending_fault_ = {};
    exc_return_ = carry_ = 0;
    pipeline.reset(cycles);
    fault_report.reset();
    first_fault_.reset();
    wait_ = {};
    may_wait_ = false;
    u32 sp = 0;
    u32 entry = 0;
    // Reset reads the vector table at address 0 (DDI0403 B1.5.5).
    bus.read(0, 4, sp, 0);
    bus.read(4, 4, entry, 0);
    r[13] = sp & ~3u;
    r[14] = 0xFFFFFFFF;
    pc = entry & ~1u;
    if (std::exchange(guards_fetches_, false))
        code_changed();
    protection.forget();
    protect();
    need_attention();
}

Cycles Core::cycles_until(const Op& op) const {
    switch (tier) {
    case Tier::t0:
        return op.index;
    case Tier::t1:
        return u64{op.index} * constant_cpi_percent / 100;
    case Tier::t2:
        return static_cast<u32>(op.cycles + extra);
    case Tier::t3:
        break;
    }
    Pipeline ahead = pipeline;
    ahead.run({running_block_->instructions.data(), op.index, trace_.entries.data(), false});
    return ahead.now() - cycles;
}

/// Time goes by without instructions, and the pipeline runs empty.
void Core::pass(Cycles spent) {
    cycles += spent;
    pipeline.restart(cycles);
}

Cycles Core::now() const { return accessing_ ? cycles + cycles_until(*accessing_) : cycles; }

u64 Core::executed() const { return accessing_ ? instructions + accessing_->index : instructions; }

u32 Core::current_pc() const { return accessing_ ? accessing_->pc : pc; }

void Core::set_event_deadline(Cycles at) {
    event_deadline_ = at;
    deadline_ = std::min(deadline_, at);
}

Access Core::read_permitted(u32 address, unsigned size, u32& value) {
    if (!protection.permits(address, Use::read))
        return Access::forbidden;
    return bus.read(address, size, value, current_pc());
}

Access Core::write_permitted(u32 address, unsigned size, u32 value) {
    if (!protection.permits(address, Use::write))
        return Access::forbidden;
    return bus.write(address, size, value, current_pc());
}

bool Core::violates(const Op* op, u32 address) {
    return fault(op, Exception::mem_manage, cfsr::daccviol | cfsr::mmarvalid, address);
}

bool Core::abort_access(const Op* op, Access result, u32 address) {
    if (result == Access::forbidden)
        return violates(op, address);
    if (result == Access::stop)
        return fault(op, Exception::none, 0, address);
    return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
}

bool Core::read_slow(const Op* op, u32 address, unsigned size, u32& value) {
    const bool unaligned = (address & (size - 1)) != 0;
    if (unaligned && (exceptions.ccr & Exceptions::ccr_unalign_trp) != 0)
        return fault(op, Exception::usage_fault, cfsr::unaligned);
    if (interface_of(address) == Interface::internal && !privileged())
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    accessing_ = op;
    Access result = Access::ok;
    looks_ += unaligned || bus.readable[address] == 0;
    effects_ += bus.is_volatile(address);
    u32 at = address;
    if (!unaligned) {
        result = read_permitted(at, size, value);
    } else {
        value = 0;
        for (unsigned i = 0; i < size && result == Access::ok; ++i) {
            at = address + i;
            u32 byte = 0;
            result = read_permitted(at, 1, byte);
            value |= byte << 8 * i;
        }
    }
    accessing_ = nullptr;
    if (result == Access::ok) [[likely]]
        return true;
    return abort_access(op, result, result == Access::forbidden ? at : address);
}

/// STIR, the one register that CCR.USERSETMPEND gives to unprivileged software (B3.2.26).
bool Core::may_trigger(u32 address) const {
    return address == 0xE000EF00 && bit<1>(exceptions.ccr);
}

bool Core::write_slow(const Op* op, u32 address, unsigned size, u32 value) {
    const bool unaligned = (address & (size - 1)) != 0;
    if (unaligned && (exceptions.ccr & Exceptions::ccr_unalign_trp) != 0)
        return fault(op, Exception::usage_fault, cfsr::unaligned);
    if (interface_of(address) == Interface::internal && !privileged() && !may_trigger(address))
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    accessing_ = op;
    Access result = Access::ok;
    u32 at = address;
    if (!unaligned) {
        result = write_permitted(at, size, value);
    } else {
        for (unsigned i = 0; i < size && result == Access::ok; ++i) {
            at = address + i;
            result = write_permitted(at, 1, value >> 8 * i & 0xFF);
        }
    }
    accessing_ = nullptr;
    if (result == Access::ok) [[likely]] {
        leave = deadline_ < cycles + running_block_->bound;
        return true;
    }
    return abort_access(op, result, result == Access::forbidden ? at : address);
}

void Core::after_write(Core& core, const Op* op) {
    if (!core.leave)
        return next(core, op);
    core.leave = false;
    core.stopped_at = op;
    core.exit = Exit::left;
}

bool Core::fault(const Op* op, Exception exception, u32 status, std::optional<u32> address) {
    pending_fault_ = {true, exception, status, address};
    stopped_at = op;
    exit = Exit::aborted;
    need_attention();
    return false;
}

void Core::branch_indirect(u32 address, const Op* op) {
    stopped_at = op;
    if ((address & 1) != 0 && (address < 0xF0000000 || exceptions.current == 0)) [[likely]] {
        pc = address & ~1u;
        exit = Exit::indirect;
        return;
    }
    exit = Exit::diverted;
    need_attention();
    if (address >= 0xF0000000 && exceptions.current != 0) {
        exc_return_ = address;
        return;
    }
    pc = address;
    pending_fault_ = {true, Exception::usage_fault, cfsr::invstate, {}};
}

void Core::sleep(bool for_event) {
    if (for_event && event_register) {
        event_register = false;
        return;
    }
    sleeping_ = true;
    for_event_ = for_event;
    need_attention();
}

u32 Core::apsr() const {
    return (n & 0x80000000) | (z == 0 ? 1u << 30 : 0) | (c != 0 ? 1u << 29 : 0) | (v >> 31 << 28) |
           q << 27 | ge << 16;
}

u32 Core::xpsr() const {
    return apsr() | (it_state & 3) << 25 | 1u << 24 | (it_state >> 2) << 10 | exceptions.current;
}

void Core::set_apsr(u32 value) {
    n = value;
    z = bit<30>(value) ? 0 : 1;
    c = value >> 29 & 1;
    v = value << 3;
    q = value >> 27 & 1;
    ge = value >> 16 & 0xF;
}

void Core::set_xpsr(u32 value) {
    set_apsr(value);
    it_state = (value >> 25 & 3) | (value >> 10 & 0x3F) << 2;
}

u32 Core::read_fpscr() {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    if ((raised & FE_INVALID) != 0)
        fpscr |= Fpscr::ioc;
    if ((raised & FE_DIVBYZERO) != 0)
        fpscr |= Fpscr::dzc;
    if ((raised & FE_OVERFLOW) != 0)
        fpscr |= Fpscr::ofc;
    if ((raised & FE_UNDERFLOW) != 0)
        fpscr |= Fpscr::ufc;
    if ((raised & FE_INEXACT) != 0)
        fpscr |= Fpscr::ixc;
    return fpscr | fp_flags;
}

void Core::write_fpscr(u32 value) {
    std::feclearexcept(FE_ALL_EXCEPT);
    fp_flags = value & 0xF0000000;
    fpscr = value & (Fpscr::ahp | Fpscr::default_nan | Fpscr::flush_to_zero |
                     3u << Fpscr::rounding_shift | 0x9F);
    fp_special =
        (fpscr & (Fpscr::default_nan | Fpscr::flush_to_zero | 3u << Fpscr::rounding_shift)) != 0;
}

u32 Core::control() const {
    return (unprivileged ? 1u : 0) | (process_stack ? 2u : 0) | (fp_active ? 4u : 0);
}

void Core::set_control(u32 value) {
    const bool process = (value & 2) != 0;
    // In Handler mode the stack pointer in use is always MSP (B1.4.4).
    if (exceptions.current == 0) {
        if (process != process_stack)
            std::swap(r[13], other_sp);
        process_stack = process;
    }
    unprivileged = (value & 1) != 0;
    fp_active = (value & 4) != 0;
}

void Core::protect(bool as_privileged) {
    const bool on = protection.mpu.is_enabled();
    const bool aside = on && !protection.mpu.guards_faults() &&
                       exceptions.execution_priority(primask, faultmask, basepri) < 0;
    protection.select(as_privileged, aside);
    if (on && !std::exchange(guards_fetches_, true))
        code_changed();
}

void Core::write_mpu(u32 offset, u32 value) {
    protection.mpu.write(offset, value);
    protection.forget();
}

bool Core::check_unprivileged(const Op* op, u32 address, unsigned size, Use use) {
    if (interface_of(address) == Interface::internal &&
        !(use == Use::write && may_trigger(address)))
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    for (unsigned i = 0; i < size; ++i)
        if (!protection.permits_as(false, address + i, use))
            return violates(op, address + i);
    return true;
}

template <Tier tier> void Core::account(Block& block) {
    instructions += block.count;
    Cycles spent = 0;
    if constexpr (tier == Tier::t0) {
        spent = block.count;
    } else if constexpr (tier == Tier::t1) {
        spent = u64{block.count} * constant_cpi_percent / 100;
    } else if constexpr (tier == Tier::t3) {
        pipeline.run_block(block, {block.instructions.data(), block.count, trace_.entries.data(),
                                   exit != Exit::next});
        if (lazily_stacked != 0) [[unlikely]]
            pipeline.stall(std::exchange(lazily_stacked, 0));
        spent = pipeline.now() - cycles;
    } else {
        spent = static_cast<u32>(block.cost + extra);
        if (exit == Exit::taken)
            spent += block.taken_cost;
        if (carry_ != 0) [[unlikely]]
            spent += static_cast<Cycles>(i64{carry_cycles(block.instructions.front(), carry_)});
        carry_ = exit == Exit::next ? block.carry : 0;
    }
    cycles += spent;
    if (profiling) [[unlikely]] {
        ++block.executions;
        block.executed_cycles += spent;
    }
}

/// Accounts for a block that was left at `stopped_at`, and finds where to go on.
void Core::account_partial(Block& block, bool completed) {
    const Op& op = *stopped_at;
    const u32 executed = op.index + (completed ? 1u : 0u);
    instructions += executed;
    const Op* boundary = &op;
    while (completed && boundary->index == op.index)
        ++boundary;
    if (tier == Tier::t3) {
        pipeline.run(
            {block.instructions.data(), executed, trace_.entries.data(), exit == Exit::diverted});
        if (lazily_stacked != 0)
            pipeline.stall(std::exchange(lazily_stacked, 0));
        cycles = pipeline.now();
    } else {
        cycles += cycles_until(*boundary);
    }
    carry_ = 0;
    if (exit != Exit::diverted) {
        const bool inside = executed < block.count;
        pc = inside ? block.instructions[executed].pc : block.end;
        it_state = inside ? block.instructions[executed].it_state : block.end_it_state;
    } else {
        it_state = 0;
    }
}

Block* Core::next_block(Block& block) {
    switch (exit) {
    case Exit::next:
    case Exit::taken: {
        Block* const known = block.next[exit == Exit::taken ? 1 : 0];
        return known ? known : follow(block);
    }
    case Exit::indirect:
        return find_block(pc, 0);
    default:
        return nullptr;
    }
}

template <Tier tier> void Core::execute(Block& block) {
    exit = Exit::next;
    extra = 0;
    trace = trace_.entries.data();
    running_block_ = &block;
    block.ops.front().run(*this, block.ops.data());
    if (exit <= Exit::indirect) [[likely]]
        account<tier>(block);
    else
        account_partial(block, exit != Exit::aborted);
}

template <Tier tier> Stop Core::run_tier() {
    Block* block = nullptr;
    for (;;) {
        if (!block || cycles + block->bound > deadline_) [[unlikely]]
            if (!attend<tier>(block))
                return stop_;
        execute<tier>(*block);
        block = next_block(*block);
    }
}

/// Whether a sleep ends. Only WFE looks at the event register, and at the masks (B1.5.17).
bool Core::awakens() {
    if (held)
        return false;
    if (!for_event_)
        return exceptions.wakes(faultmask, basepri);
    const bool by_event =
        std::exchange(event_register, false) || std::exchange(exceptions.sent_event, false);
    return by_event || exceptions.next(primask, faultmask, basepri) != 0;
}

bool Core::asleep() {
    while ((sleeping_ || held) && !stopping_) {
        if (awakens()) {
            sleeping_ = false;
            if (std::exchange(deep_, false))
                woke();
            if (tier == Tier::t3)
                pass(wakeup_cycles);
        } else if (!deep_ && (exceptions.scr & Exceptions::scr_sleepdeep) != 0) {
            deep_ = true;
            slept_deeply();
        } else if (event_deadline_ == never) {
            request_stop(Stop::idle);
            return true;
        } else if (event_deadline_ > limit_) {
            if (limit_ > cycles)
                pass(limit_ - cycles);
            request_stop(Stop::budget);
            return true;
        } else {
            if (event_deadline_ > cycles)
                pass(event_deadline_ - cycles);
            fire_events();
        }
    }
    return false;
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
    pipeline.restart(cycles);
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
template <Tier tier> bool Core::attend(Block*& block) {
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
        if (!stopping_ && asleep())
            continue;
        if (stopping_) {
            stopping_ = false;
            return false;
        }
        if (stepping_ ? instructions >= step_until_ : cycles >= limit_) {
            stop_ = Stop::budget;
            return false;
        }
        if (take_exception())
            continue;
        if (!resuming_ && !breakpoints.empty() && breakpoints.contains(pc)) {
            stop_ = Stop::breakpoint;
            return false;
        }
        resuming_ = false;
        if (may_wait_) {
            may_wait_ = false;
            if (!stepping_ && pc == wait_.head && skip_wait<tier>(*find_block(pc, it_state)))
                continue;
        }
        if (cycles + longest_multiple > event_deadline_ &&
            interrupt_multiple(*find_single(pc, it_state)))
            continue;
        break;
    }
    deadline_ = std::min({event_deadline_, limit_, never / 4});
    block = find_block(pc, it_state);
    if (stepping_ || cycles + block->bound > event_deadline_ || block->bound >= never / 2)
        block = find_single(pc, it_state);
    if (stepping_)
        deadline_ = 0;
    return true;
}

/// Whether a loop in a fault's handler waits for nothing: it looks at no peripheral, and nothing
/// that is enabled could interrupt it. Its firmware has come to its end.
bool Core::is_stuck_in_fault(u64 looks) {
    if (exceptions.current < 2 || exceptions.current > 6 || !first_fault_)
        return false;
    if (event_deadline_ == never)
        return true;
    if (looks != looks_ || exceptions.can_preempt()) {
        stuck_since_ = never;
        return false;
    }
    // What it has written to a serial port leaves first.
    stuck_since_ = std::min(stuck_since_, cycles);
    return cycles - stuck_since_ > around.hclk() / 50;
}

/// A loop came back to its head with the same registers. Watches one more iteration: if it
/// changed nothing either, then no other one will until an event comes, and all of them up to
/// there are counted at once.
template <Tier tier> bool Core::skip_wait(Block& head) {
    const Wait before = wait_at(head.pc);
    const Cycles start = cycles;
    const u64 start_instructions = instructions;
    const u64 effects = effects_;
    const u64 looks = looks_;
    [[maybe_unused]] const auto timing =
        tier == Tier::t3 ? pipeline.signature() : decltype(pipeline.signature()){};
    const Counts counts = pipeline.counts;
    const u64 reads = pipeline.accelerator.reads;
    Block* block = &head;
    for (unsigned length = 0; length < 16; ++length) {
        if (!block->pure || cycles + block->bound > event_deadline_ || profiling)
            break;
        execute<tier>(*block);
        if (exit > Exit::indirect)
            return true;
        block = exit == Exit::indirect ? find_block(pc, 0)
                : exit == Exit::taken  ? find_block(block->target, 0)
                                       : find_block(block->end, block->end_it_state);
        if (block == &head)
            break;
    }
    pc = block->pc;
    it_state = block->it_state;
    const bool waits = block == &head && effects == effects_ && wait_at(head.pc) == before &&
                       cycles > start && (tier != Tier::t3 || timing == pipeline.signature());
    if (!waits)
        return false;
    if (is_stuck_in_fault(looks)) {
        fault_report = first_fault_;
        request_stop(Stop::fault);
        return true;
    }
    if (event_deadline_ == never) {
        request_stop(Stop::idle);
        return true;
    }
    const Cycles until = std::min(event_deadline_, limit_);
    const Cycles period = cycles - start;
    const Cycles rounds = until > cycles ? (until - cycles) / period : 0;
    cycles += rounds * period;
    if (tier == Tier::t3)
        pipeline.repeat(rounds, period, counts, reads);
    instructions += rounds * (instructions - start_instructions);
    return rounds != 0;
}

/// Runs until something stops it.
Stop Core::go() {
    resuming_ = std::exchange(stop_, Stop::budget) == Stop::breakpoint;
    stopping_ = false;
    std::feclearexcept(FE_ALL_EXCEPT);
    need_attention();
    Stop result = Stop::budget;
    switch (tier) {
    case Tier::t0:
        result = run_tier<Tier::t0>();
        break;
    case Tier::t1:
        result = run_tier<Tier::t1>();
        break;
    case Tier::t2:
        result = run_tier<Tier::t2>();
        break;
    case Tier::t3:
        result = run_tier<Tier::t3>();
        break;
    }
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
