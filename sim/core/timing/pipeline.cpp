#include "pipeline.hpp"

#include <algorithm>

namespace tinysim {
namespace {

bool is_multiple(Kind kind) {
    return kind == Kind::load_double || kind == Kind::store_double || kind == Kind::load_multiple ||
           kind == Kind::store_multiple || kind == Kind::table_branch;
}

bool is_fp(Kind kind) { return kind >= Kind::fp && kind <= Kind::fp_divide; }

} // namespace

Cycles Pipeline::bound(const Block& block) {
    // Every second instruction misses in the cache, every access does.
    Cycles cycles = 24 + 4 * Cycles{block.count};
    for (const Instruction& instruction : block.instructions)
        cycles += 7 * Cycles{instruction.accesses} +
                  (instruction.kind >= Kind::fp_divide ? 14 : 0) +
                  (instruction.kind == Kind::divide ? 12 : 0);
    return cycles;
}

/// Whether a fetcher that had stopped for want of room does not use it at once (docs/timing.md,
/// fetch restart).
inline bool Pipeline::restarts_late(Cycles freed) const {
    if (accelerator.timing().wait_states == 0 || rules.fetch_restart == FetchRestart::at_once ||
        !(*regions_)[base_ + 4 * issued_].flash)
        return false;
    if (rules.fetch_restart == FetchRestart::paced)
        return last_address_ + 1 != freed || address_before_ + 2 != freed;
    return freed > last_address_ + 1;
}

/// When the next word can be asked for. The buffer holds three words.
inline Cycles Pipeline::issue_time() const {
    Cycles at = last_address_ + 1;
    if (issued_ == 0)
        at = std::max(at, stream_start_);
    if (issued_ >= buffer_words) {
        const Cycles freed = free_at_[(issued_ - buffer_words) & 7];
        if (freed >= at) // it has stopped
            at = freed + (restarts_late(freed) ? 1 : 0);
    }
    return std::max(at, last_data_);
}

/// What the accelerator lets an access wait that is not of data at hand; kept for `remember`.
inline u32 Pipeline::flash_wait(u32 address, Cycles at, bool load) {
    const u32 number = reads_made_++;
    if (number < waits_known_)
        return reads_[number].wait;
    const u32 wait = load ? accelerator.load(at) : accelerator.fetch(address, at);
    if (number < most_flash_reads)
        reads_[number] = {address, static_cast<i16>(at - begun_), static_cast<u8>(wait), load};
    return wait;
}

inline void Pipeline::issue(Cycles at) {
    const u32 address = base_ + 4 * issued_;
    const Region& region = (*regions_)[address];
    Cycles ready = 0;
    if (region.flash) {
        ++counts_[Count::fetches];
        ready = at + 1 + flash_wait(address - region.first, at, false);
    } else {
        ready = fetch_from_ram(region, at);
    }
    fetch_slave_ = region.slave;
    address_before_ = last_address_;
    last_address_ = at;
    last_data_ = ready;
    ready_at_[issued_ & 7] = last_data_;
    ++issued_;
}

/// Whether fetching goes on over the bus that leads to this slave.
inline bool Pipeline::fetches_beside(u8 slave) const {
    const bool system = (slave & Regions::code) == 0;
    return system
               ? Regions::same_interface(fetch_slave_, slave) && fetch_slave_ != Regions::no_slave
               : fetch_slave_ == slave;
}

/// Whether an access over the system bus that begins in that cycle does so as another one ends.
inline bool Pipeline::follows(const Region& region, Cycles begin) const {
    return (begin == bus_end_ && Regions::same_interface(data_slave_, region.slave)) ||
           (begin == last_data_ && Regions::same_interface(fetch_slave_, region.slave));
}

/// The slave that an access which begins in that cycle finds granted.
inline u8 Pipeline::granted(const Region& region, Cycles begin) const {
    if (region.interface == Interface::code) { // idles most of the time: nothing is parked there
        if (begin == bus_end_ && data_slave_ == region.slave)
            return data_slave_;
        return begin == last_data_ ? fetch_slave_ : Regions::no_slave;
    }
    return follows(region, begin) || granted_ == matrix.parked ? granted_ : Regions::no_slave;
}

/// When a word from RAM is there. Fetches over the system bus are registered: they take a cycle
/// more, and do not follow one another (100166 2.3.1). Data goes first.
Cycles Pipeline::fetch_from_ram(const Region& region, Cycles at) {
    ++counts_[Count::ram_fetches];
    const bool system = region.interface != Interface::code;
    const bool shared =
        system ? Regions::same_interface(data_slave_, region.slave) : data_slave_ == region.slave;
    Cycles begin = at + (system ? 1 : 0);
    if (shared)
        begin = std::max(begin, data_end_);
    bus_end_ = data_end_;
    const u32 wait = matrix_wait(region.slave, granted(region, begin));
    if (system)
        granted_ = region.slave;
    fetch_wait_ = static_cast<u8>(wait);
    return begin + 1 + wait;
}

inline void Pipeline::fetch_ahead(Cycles until) {
    while (issued_ < freed_ + buffer_words) {
        const Cycles at = issue_time();
        if (at > until)
            break;
        issue(at);
    }
}

/// The target's fetch goes out in the last decode cycle of a direct branch, in the execute
/// cycle of BX, one cycle after the data of a load to PC.
void Pipeline::redirect(u32 pc) {
    Cycles at = restarted_;
    if (previous_) {
        if (previous_->kind == Kind::branch)
            at = previous_start_ - 1;
        else if (previous_->kind == Kind::branch_register)
            at = previous_start_;
        else
            at = previous_end_ + 1;
        fetch_ahead(at - 1);
    }
    base_ = pc & ~3u;
    issued_ = freed_ = 0;
    stream_start_ = at;
    last_address_ = std::max(last_address_, at - 1);
    free_at_ = {};
}

/// A word leaves the buffer when the last instruction in it is decoded.
inline void Pipeline::free_words(const Instruction& instruction, u32 last_word, Cycles at) {
    for (; freed_ < last_word; ++freed_)
        free_at_[freed_ & 7] = at;
    if (((instruction.pc + instruction.size) & 3) == 0) {
        free_at_[last_word & 7] = at;
        freed_ = last_word + 1;
    }
}

/// The bus matrix makes the first access to a slave wait that it does not grant.
inline u32 Pipeline::matrix_wait(u8 slave, u8 granted) const {
    return slave == granted || (slave & ~Regions::code) == Regions::no_slave ? 0
                                                                             : matrix.arbitration;
}

/// A transfer over a bridge to APB has a setup and an access phase, each a cycle of the slower
/// bus (IHI0024 3.1), whose edges it waits for.
u32 Pipeline::bridge_wait(const Region& region, Cycles t) const {
    if (region.bridge == 0)
        return 0;
    const u32 divider = matrix.apb_divider[region.bridge - 1u];
    const u32 past_edge = matrix.phase(region.bridge, t + 1);
    return (past_edge == 0 ? 0 : divider - past_edge) + 2 * divider - 1;
}

/// Cycles that a data access to anything but flash waits, beginning at `t`.
inline u32 Pipeline::bus_wait(const Region& region, Cycles t) {
    if (region.interface == Interface::internal)
        return 0;
    u32 wait = 0;
    const bool beside = fetches_beside(region.slave);
    const Cycles fetch_begin = last_data_ - 1 - fetch_wait_;
    if (beside && t > fetch_begin && t < last_data_)
        wait = static_cast<u32>(last_data_ - t);
    wait += matrix_wait(region.slave, granted(region, t + wait));
    if (region.interface == Interface::system)
        granted_ = region.slave;
    wait += bridge_wait(region, t + wait);
    if (beside && t == fetch_begin) {
        last_data_ += 1 + wait;
        ready_at_[(issued_ - 1) & 7] = last_data_;
    }
    return wait;
}

inline u32 Pipeline::data_wait(u32 address, bool write, Cycles t) {
    const Region& region = (*regions_)[address];
    if (region.flash) {
        data_slave_ = region.slave;
        if (write)
            return 0;
        u32 wait = 0;
        if (!followed_)
            wait = accelerator.read(address - region.first, t);
        else if (const u32 read = read_count_++; any_misses_ && misses_[read])
            wait = flash_wait(address - region.first, t, true);
        counts_[Count::stalled_on_flash] += wait;
        return wait;
    }
    const Region& behind = regions_->behind(address);
    if (traffic && behind.interface == Interface::system) [[unlikely]]
        traffic->note(address, write, follows(behind, t));
    u32 wait = bus_wait(behind, t);
    ++counts_[Count::bus_accesses];
    counts_[Count::bus_waits] += wait != 0;
    data_slave_ = behind.slave;
    if (!write)
        counts_[Count::stalled_on_bus] += wait;
    else if (region.aliased != 0)
        ++wait; // a bit is written by reading and writing its word (100166 3.7)
    return wait;
}

/// The data accesses of an instruction, one behind the other; the cycle after the last.
Cycles Pipeline::access(const Instruction& instruction, u32 address, Cycles start, bool fetching) {
    const bool write = is_store(instruction.kind);
    Cycles end = start;
    bus_end_ = data_end_;
    each_access(instruction, address, [&](u32 at) {
        if (fetching)
            fetch_ahead(end);
        end += 1 + data_wait(at, write, end);
        bus_end_ = end;
    });
    return end;
}

/// An address that depends on the instruction before.
Cycles Pipeline::address_hazard(const Instruction& instruction, Cycles start,
                                Cycles& hazard) const {
    const u32 needed = instruction.address_sources & previous_->destinations;
    if (needed == 0)
        return start;
    switch (previous_->kind) {
    case Kind::load:
    case Kind::load_double:
    case Kind::load_multiple:
        // A base that was written back is there in time; what was loaded ends the pipelining.
        if ((needed & ~u32{previous_->base_writeback}) != 0)
            return std::max(start, next_other_);
        return start;
    case Kind::alu:
    case Kind::multiply:
    case Kind::divide:
    case Kind::system:
    case Kind::fp:
    case Kind::fp_pair:
        hazard = 1;
        return start;
    default:
        return start;
    }
}

void Pipeline::execute(const Instruction& instruction, const Trace& trace, u32& slot, bool taken) {
    const u32 here = slot;
    slot += is_traced(instruction);
    const bool executed = !instruction.conditional || trace.kinds[here] != 0;
    const bool memory = accesses_memory(instruction.kind);
    const bool accesses = memory && executed;
    const u32 address = accesses ? trace.addresses[here] : 0;

    if (instruction.pc != expected_pc_)
        redirect(instruction.pc);
    expected_pc_ = instruction.pc + instruction.size;
    const u32 last_word = (instruction.pc + instruction.size - 2 - base_) >> 2;
    while (issued_ <= last_word)
        issue(issue_time());
    const Cycles decoded = std::max(ready_at_[last_word & 7] + 1, previous_start_);
    if (instruction.kind == Kind::it) { // folded: its price is its fetch
        free_words(instruction, last_word, decoded);
        return;
    }

    Cycles ready = accesses ? next_memory_ : next_other_;
    if (accesses) {
        // Neither a change of the bus nor an instruction of several accesses pipelines.
        const bool changes = !Regions::same_interface((*regions_)[address].slave, data_slave_);
        if ((was_memory_ && changes && rules.bus_change) || is_multiple(instruction.kind))
            ready = std::max(ready, next_other_);
    }
    was_memory_ = accesses;
    Cycles start = std::max(decoded + 1, ready);
    if (decoded + 1 > ready)
        counts_[Count::stalled_on_fetch] += decoded + 1 - ready;

    if (previous_) {
        const Cycles before = start;
        Cycles hazard = 0;
        if (memory)
            start = address_hazard(instruction, start, hazard);
        const bool fp_user = is_fp(instruction.kind) ||
                             (instruction.kind == Kind::store && instruction.fp_sources != 0);
        const bool fp_source = previous_->kind == Kind::fp || previous_->kind == Kind::fp_pair ||
                               previous_->kind == Kind::fp_accumulate ||
                               previous_->kind == Kind::load;
        if (fp_user && fp_source && (instruction.fp_sources & previous_->fp_destinations) != 0)
            ++hazard;
        start += hazard;
        counts_[Count::stalled_on_hazards] += start - before;
    }
    free_words(instruction, last_word, decoded);
    if (!taken)
        fetch_ahead(start);

    Cycles end = start;
    if (!executed) {
        next_other_ = next_memory_ = start + 1;
    } else {
        switch (instruction.kind) {
        case Kind::load: {
            const Cycles from = std::max(start, data_end_);
            end = data_end_ = access(instruction, address, from, true);
            next_other_ = end + 1;
            next_memory_ = pieces_of(instruction, address) > 1 ? end + 1 : from + 1;
            break;
        }
        case Kind::store: {
            const Cycles from = std::max(start, data_end_);
            data_end_ = access(instruction, address, from, false);
            const u32 extra = instruction.register_offset ? 1 : 0;
            next_other_ = next_memory_ = from + extra + pieces_of(instruction, address);
            end = from + extra;
            break;
        }
        case Kind::load_double:
        case Kind::load_multiple:
        case Kind::table_branch:
        case Kind::store_double:
        case Kind::store_multiple:
            end = data_end_ = access(instruction, address, std::max(start, data_end_),
                                     !is_store(instruction.kind));
            next_other_ = next_memory_ = end + 1;
            break;
        case Kind::divide:
            next_other_ = next_memory_ = start + trace.kinds[here];
            break;
        case Kind::fp_pair:
            next_other_ = next_memory_ = start + 2;
            break;
        case Kind::fp_accumulate:
            next_other_ = next_memory_ = start + 3;
            break;
        case Kind::fp_divide:
            next_other_ = next_memory_ = start + 14;
            break;
        case Kind::system:
            next_other_ = next_memory_ = start + 2;
            break;
        default:
            next_other_ = next_memory_ = start + 1;
        }
    }
    if (!memory)
        end = next_other_ - 1;
    previous_start_ = start;
    previous_end_ = end;
    previous_ = &instruction;
}

void Pipeline::run(const Path& path) {
    settle();
    u32 slot = 0;
    for (u32 i = 0; i < path.count; ++i)
        execute(path.block->instructions[i], path.trace, slot, path.taken && i + 1 == path.count);
}

Cycles Pipeline::switch_context(const ContextSwitch& change, Cycles now) {
    settle();
    Cycles end = now + 2;
    if (change.kind != ContextSwitch::Kind::chain) {
        const bool write = change.kind == ContextSwitch::Kind::entry;
        const Cycles begin = std::max(now + 1, data_end_);
        bus_end_ = data_end_;
        end = data_end_ = begin + change.words + data_wait(change.frame, write, begin);
    }
    if (change.kind != ContextSwitch::Kind::exit) {
        const Region& region = (*regions_)[change.vector];
        Cycles read = 0;
        if (region.flash) {
            ++counts_[Count::fetches];
            read = now + 2 + accelerator.fetch(change.vector - region.first, now + 1);
        } else {
            read = fetch_from_ram(region, now + 1);
        }
        end = std::max(end, read);
    }
    return end;
}

} // namespace tinysim
