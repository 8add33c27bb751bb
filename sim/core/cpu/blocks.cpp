#include "../timing/manual.hpp"
#include "core.hpp"
#include "decode/encoding.hpp"

#include <algorithm>

namespace tinysim {
namespace {

u64 key(u32 address, u32 it_state) { return u64{it_state} << 32 | address; }

/// ITAdvance (DDI0403 A7.3.2).
u32 advance_it(u32 it_state) {
    return (it_state & 7) == 0 ? 0 : (it_state & 0xE0) | (it_state << 1 & 0x1F);
}

/// The default memory map forbids execution in the peripheral, device and system regions
/// (DDI0403 table B3-1).
bool execute_never(u32 address) {
    return (address >= 0x40000000 && address < 0x60000000) || address >= 0xA0000000;
}

/// Whether the instruction at an address needs two aligned words.
bool straddles(Bus& bus, u32 address) {
    u32 half = 0;
    return (address & 2) != 0 && bus.fetch(address, half) && half >= 0xE800;
}

/// EPSR.ICI: the register with which an interrupted LDM or STM goes on, where IT would be.
void resume_multiple(Decoded& out, u32 it_state) {
    const bool multiple =
        out.info.kind == Kind::load_multiple || out.info.kind == Kind::store_multiple;
    if (!multiple || out.fp)
        return;
    const u32 done = out.op.imm & ((1u << (it_state >> 4)) - 1);
    out.op.ra = static_cast<u8>(__builtin_popcount(done));
    out.op.imm &= ~done;
    out.info.accesses = static_cast<u8>(out.info.accesses - out.op.ra);
}

Decoded decode_one(Bus& bus, const Debugging& debugging, u32 pc, u32 it_state) {
    Decoded out;
    out.op.pc = out.info.pc = pc;
    out.info.it_state = static_cast<u8>(it_state);
    const bool in_it = (it_state & 15) != 0;
    u32 first = 0;
    u32 second = 0;
    const auto cannot_fetch = [&](u32 address) {
        out.op.imm = execute_never(address) ? cfsr::iaccviol : cfsr::ibuserr;
        out.system(fetch_fault_handler());
    };
    const auto fetch = [&](u32 address, u32& half) {
        if (!bus.fetch(address, half))
            return false;
        if (!debugging.patched_code.empty()) [[unlikely]]
            if (const auto found = debugging.patched_code.find(address);
                found != debugging.patched_code.end())
                half = found->second;
        return true;
    };
    if (execute_never(pc) || !fetch(pc, first)) {
        cannot_fetch(pc);
        return out;
    }
    if (first < 0xE800) {
        decode(out, first);
        out.info.conditional = in_it && it_state >> 4 < 14;
        if (it_state != 0 && !in_it)
            resume_multiple(out, it_state);
        return out;
    }
    out.info.size = 4;
    if (!fetch(pc + 2, second)) {
        cannot_fetch(pc + 2);
        return out;
    }
    decode(out, first << 16 | second);
    out.info.conditional = in_it && it_state >> 4 < 14;
    if (it_state != 0 && !in_it)
        resume_multiple(out, it_state);
    return out;
}

} // namespace

Block* Core::decode(u32 address, u32 entry_it_state, unsigned longest) {
    auto owned = std::make_unique<Block>();
    Block& block = *owned;
    block.pc = address;
    block.it_state = static_cast<u8>(entry_it_state);
    u32 state = entry_it_state;
    u32 pc = address;
    bool guarded = false;
    bool fp_ready = false;
    const bool watches_reads = debugging.watches_data() && debugging.watches_reads();
    constexpr u32 granules = ~(Mpu::granule - 1);
    u32 last_fetched = 0;
    const Instruction* previous = nullptr;
    block.instructions.reserve(longest);
    for (unsigned index = 0; index < longest; ++index) {
        if (index != 0 && stops_at(pc))
            break;
        Decoded decoded = decode_one(bus, debugging, pc, state);
        decoded.op.index = static_cast<u16>(index);
        decoded.op.slot = static_cast<u8>(block.traced.size());
        decoded.op.cycles = static_cast<u16>(block.cost);
        const u32 cycles = manual_cycles(decoded.info, previous);
        Op prefix = decoded.op;
        const u32 last_byte = pc + decoded.info.size - 1;
        if (guards_fetches_ && (index == 0 || ((last_byte ^ last_fetched) & granules) != 0)) {
            Op guard = decoded.op;
            guard.run = fetch_guard_handler();
            guard.aux = decoded.info.size;
            block.ops.push_back(guard);
        }
        last_fetched = last_byte;
        const bool has_op = decoded.info.kind != Kind::it;
        const bool guard_fp = decoded.fp && (!fp_ready || decoded.info.conditional);
        if (decoded.info.conditional) {
            prefix.run = guard_handler(state >> 4);
            prefix.aux = 1u + guard_fp + decoded.reads_pc + has_op;
            prefix.skip = static_cast<u16>(cycles - 1);
            block.ops.push_back(prefix);
        }
        if (guard_fp) {
            prefix.run = fp_guard_handler();
            block.ops.push_back(prefix);
            fp_ready = fp_ready || !decoded.info.conditional;
        }
        if (decoded.reads_pc) {
            prefix.run = read_pc_handler();
            block.ops.push_back(prefix);
        }
        if (has_op)
            block.ops.push_back(decoded.op);
        if (decoded.direct)
            block.target = decoded.op.imm;
        if (is_traced(decoded.info))
            block.traced.push_back(static_cast<u8>(index));
        block.instructions.push_back(decoded.info);
        block.cost += cycles;
        block.pure = block.pure && !decoded.impure && !decoded.fp;
        state = decoded.info.kind == Kind::it ? decoded.op.imm : advance_it(state);
        pc += decoded.info.size;
        guarded |= bus.guard_code(pc - decoded.info.size);
        if (decoded.info.kind != Kind::it)
            previous = &block.instructions.back();
        // A watched read ends the block, so that nothing executes after it.
        const bool reads = accesses_memory(decoded.info.kind) && !is_store(decoded.info.kind);
        if (decoded.ends || (watches_reads && reads))
            break;
    }
    Op end;
    end.run = end_handler();
    end.pc = pc;
    end.index = static_cast<u16>(block.instructions.size());
    end.cycles = static_cast<u16>(block.cost);
    end.slot = static_cast<u8>(block.traced.size());
    block.ops.push_back(end);
    block.end = pc;
    block.end_it_state = static_cast<u8>(state);
    block.count = static_cast<u32>(block.instructions.size());
    block.carry = carry_of(block.instructions.back());
    block.taken_cost = refill_direct + straddles(bus, block.target);
    if (bus.guard_code(pc - 1) || guarded)
        protection.forget();
    timing_->prepare(block);
    block.until_translated = translator.patience;
    if (longest > 1 && stops_at(address))
        block.bound = never / 2; // never entered without asking
    blocks_.push_back(std::move(owned));
    decoded_ += block.count;
    if (decoded_ > most_decoded)
        code_changed();
    return &block;
}

Block* Core::find_new_block(u32 address, u32 state) {
    if (state != 0) {
        Block*& known = it_blocks_[key(address, state)];
        if (!known)
            known = decode(address, state, longest_block);
        return known;
    }
    auto& page = pages_[address >> Pages::shift];
    if (!page) {
        page = std::make_unique<Page>();
        used_pages_.push_back(address >> Pages::shift);
    }
    Block*& known = page->blocks[address >> 1 & (Pages::size / 2 - 1)];
    return known = decode(address, 0, longest_block);
}

Block* Core::find_single(u32 address, u32 state) {
    Block*& recent = recent_singles_[address >> 1 & (recent_singles_.size() - 1)];
    if (recent && recent->pc == address && recent->it_state == state)
        return recent;
    Block*& known = single_blocks_[key(address, state)];
    if (!known)
        known = decode(address, state, 1);
    return recent = known;
}

Block* Core::follow(Block& block) {
    const bool taken = exit == Exit::taken;
    Block*& link = block.next[taken ? 1 : 0];
    if (!taken)
        return link = find_block(block.end, block.end_it_state);
    Block* const target = find_block(block.target, 0);
    // A backward branch may close a loop that only waits: it stays unlinked, to come here each
    // time, until it has shown often enough that its iterations differ.
    if (block.pure && target->pure && block.target <= block.pc && block.differing < 64) {
        Wait& last = last_wait(block.target);
        if (is_as(last, block.target)) {
            block.differing = 0;
            if (cycles + target->bound <= event_deadline_) { // there is time for a round
                may_wait_ = true;
                waiting_ = block.target;
                need_attention();
            }
        } else {
            ++block.differing;
            last = wait_at(block.target);
        }
        return target;
    }
    return link = target;
}

void Core::flush_blocks() {
    for (const auto& block : blocks_)
        if (block->executions != 0) {
            Profile& sum = old_profile_[block->pc];
            sum.size = block->end - block->pc;
            sum.executions += block->executions;
            sum.instructions += block->executions * block->count;
            sum.cycles += block->executed_cycles;
        }
    timing_->forget_code();
    for (const u32 used : used_pages_)
        pages_[used].reset();
    used_pages_.clear();
    it_blocks_.clear();
    single_blocks_.clear();
    recent_singles_ = {};
    blocks_.clear();
    translator.forget();
    decoded_ = 0;
    bus.release_code();
    running_block_ = nullptr;
}

void Core::start_profile() {
    old_profile_.clear();
    for (const auto& block : blocks_)
        block->executions = block->executed_cycles = 0;
    profiling = true;
}

std::unordered_map<u32, Core::Profile> Core::profile() {
    auto result = old_profile_;
    for (const auto& block : blocks_)
        if (block->executions != 0) {
            Profile& sum = result[block->pc];
            sum.size = std::max(sum.size, block->end - block->pc);
            sum.executions += block->executions;
            sum.instructions += block->executions * block->count;
            sum.cycles += block->executed_cycles;
        }
    return result;
}

} // namespace tinysim
