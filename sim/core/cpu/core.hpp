#pragma once

#include "../system/exceptions.hpp"
#include "../timing/timing.hpp"
#include "debugging.hpp"
#include "observer.hpp"
#include "op.hpp"
#include "protection.hpp"
#include "translate/translator.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tinysim {

enum class Stop { budget, line, breakpoint, fault, exit, idle, paused, halted, watchpoint };

/// Why the core cannot run on.
struct FaultReport {
    std::string cause;
    std::array<u32, 17> registers{}; ///< r0-r15 and xPSR of the instruction at fault
    u32 cfsr = 0;
    u32 hfsr = 0;
    std::optional<u32> address;
};

/// FPSCR's control and status fields (DDI0403 A2.5.3); the condition flags are kept apart.
struct Fpscr {
    static constexpr u32 ioc = 1u << 0;
    static constexpr u32 dzc = 1u << 1;
    static constexpr u32 ofc = 1u << 2;
    static constexpr u32 ufc = 1u << 3;
    static constexpr u32 ixc = 1u << 4;
    static constexpr u32 idc = 1u << 7;
    static constexpr u32 flush_to_zero = 1u << 24;
    static constexpr u32 default_nan = 1u << 25;
    static constexpr u32 ahp = 1u << 26;
    static constexpr u32 rounding_shift = 22;
};

/// The processor: its registers, its decoded code and the loop that executes it.
class Core {
public:
    Core(Bus& bus, Surroundings& around, Timing& timing);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    void reset();
    /// Runs until `limit` or something stops it.
    Stop run(Cycles limit);
    /// Runs `count` instructions.
    Stop step(u64 count);
    /// Nothing happens up to `until`.
    void pass_idle(Cycles until) {
        if (until > cycles)
            pass_until(until);
    }

    // ---- registers (public: they are what instructions are made of)
    std::array<u32, 16> r{};
    // The flags: N is bit 31 of `n`, Z is set when `z` is 0, C is `c`, V is bit 31 of `v`.
    u32 n = 0, z = 1, c = 0, v = 0;
    u32 q = 0;
    u32 ge = 0; ///< four bits
    std::array<u32, 32> s{};
    u32 fpscr = 0;           ///< without the condition flags and the flags still in the host
    u32 fp_flags = 0;        ///< N Z C V in bits 31-28
    bool fp_special = false; ///< rounding, flush-to-zero or default-NaN mode is not the default
    u32 it_state = 0;        ///< of the instruction that executes next
    u32 other_sp = 0;        ///< the banked stack pointer that r13 is not
    bool primask = false, faultmask = false;
    u32 basepri = 0;
    bool unprivileged = false;  ///< CONTROL.nPRIV
    bool process_stack = false; ///< CONTROL.SPSEL
    bool fp_active = false;     ///< CONTROL.FPCA
    bool exclusive = false;     ///< the local monitor of LDREX and STREX

    // ---- for the handlers
    Trace trace;
    const Op* stopped_at = nullptr;
    void set_pc(u32 address) {
        pc = address;
        it_state = 0;
    }
    u32 pc = 0; ///< of the next instruction, between blocks and after an indirect branch
    Exit exit = Exit::next;
    bool leave = false;
    u32 beyond_manual = 0; ///< see Way
    /// Words that the FP context of an exception's frame took in this block.
    u32 lazily_stacked = 0;

    bool negative() const { return n >> 31 != 0; }
    bool zero() const { return z == 0; }
    bool carry() const { return c != 0; }
    bool overflow() const { return v >> 31 != 0; }
    void set_nz(u32 result) { n = z = result; }

    /// The trace gets an access to so many bytes, in units of `width`.
    void note_access(const Op* op, u32 address, u32 width, u32 bytes) {
        trace.addresses[op->slot] = address;
        const bool on_a_page = (address & (Pages::size - 1)) + bytes <= Pages::size;
        trace.kinds[op->slot] =
            on_a_page
                ? static_cast<u8>(access_kinds_[address >> Pages::shift] | (address & (width - 1)))
                : Trace::irregular;
    }

    /// Memory that is not plain and aligned. False: the instruction was aborted.
    [[gnu::noinline]] bool read_slow(const Op* op, u32 address, unsigned size, u32& value);
    [[gnu::noinline]] bool write_slow(const Op* op, u32 address, unsigned size, u32 value);
    /// After a slow write: on to the next instruction, or out of the block.
    [[gnu::noinline]] static void after_write(Core& core, const Op* op);

    /// An access as unprivileged software makes it, by LDRT and STRT. False: it was aborted.
    bool check_unprivileged(const Op* op, u32 address, unsigned size, Use use);
    bool may_fetch(u32 address) { return protection.permits(address, Use::fetch); }

    /// Ends the instruction with a fault; always false.
    [[gnu::noinline]] bool fault(const Op* op, Exception exception, u32 cfsr,
                                 std::optional<u32> address = {});
    bool undefined(const Op* op) { return fault(op, Exception::usage_fault, cfsr::undefinstr); }

    /// An instruction has changed what interrupts can be taken, or the state of sleep.
    void need_attention() { deadline_ = 0; }
    void branch_indirect(u32 address, const Op* op);
    void sleep(bool for_event);
    void call_supervisor() {
        call_supervisor_ = true;
        need_attention();
    }
    bool event_register = false;
    bool is_asleep() const { return sleeping_; }
    /// The chip keeps the core from running, whatever pends, until it resets it.
    bool held = false;
    /// The core sleeps with SLEEPDEEP, and wakes from that.
    std::function<void()> slept_deeply = [] {}, woke = [] {};
    void breakpoint_instruction(const Op* op, u32 number);

    // ---- debug (debugging.cpp)
    Debugging debugging;
    void debug_event(u32 reason);
    void leave_debug_state();
    void places_changed();

    u32 apsr() const;
    u32 xpsr() const;
    void set_apsr(u32 value);
    void set_xpsr(u32 value);
    u32 read_fpscr();
    void write_fpscr(u32 value);
    u32 control() const;
    void set_control(u32 value);
    u32& main_sp() { return process_stack_in_use() ? other_sp : r[13]; }
    u32& process_sp() { return process_stack_in_use() ? r[13] : other_sp; }
    /// To be called when who runs, or at which priority, has changed.
    void protect() { protect(privileged()); }
    void write_mpu(u32 offset, u32 value);
    bool privileged() const { return exceptions.current != 0 || !unprivileged; }
    /// Prepares for an FP instruction: access check, lazy stacking. False: aborted.
    bool prepare_fp(const Op* op);

    // ---- time
    Cycles cycles = 0;
    u64 instructions = 0;
    Cycles now() const;
    Cycles exception_cycles = 0, sleep_cycles = 0; ///< what of `cycles` went there
    /// Instructions executed by `now`.
    u64 executed() const;
    /// Rounds of loops that repeat or wait are added up, not executed or accounted for one by one.
    bool adds_rounds = true;
    u32 current_pc() const;

    // ---- the rest of the system
    Bus& bus;
    Surroundings& around;
    Exceptions exceptions;
    Protection protection{bus};
    Translator translator{*this};
    /// Another model of time, which begins with nothing cached or under way.
    void set_timing(Timing& timing);
    const Timing& timing() const { return *timing_; }
    Timing& timing() { return *timing_; }
    void set_event_deadline(Cycles at);
    /// Memory keeps the core waiting: no instruction begins before then.
    void stall(Cycles until) {
        stalled_until_ = until > stalled_until_ ? until : stalled_until_;
        need_attention();
    }
    void code_changed() {
        flush_pending_ = true;
        need_attention();
    }
    void request_stop(Stop reason) {
        stop_ = reason;
        stopping_ = true;
        need_attention();
    }
    std::optional<FaultReport> fault_report;
    std::unordered_set<u32> breakpoints;
    std::string semihosting_output;                      ///< what nobody has taken yet
    static constexpr std::size_t most_output = 1u << 20; ///< that nobody has taken
    int exit_code = 0;
    std::array<u64, Exceptions::count> exception_counts{};
    /// Lets every peripheral whose time has come act, and sets the next deadline.
    std::function<void()> fire_events = [] {};

    // ---- profile
    struct Profile {
        u32 size;
        u64 executions, instructions, cycles;
    };
    bool profiling = false;
    Observer* observer = nullptr;
    std::unordered_map<u32, Profile> profile();
    void start_profile();

    void flush_blocks();
    /// What a snapshot holds of it.
    void fields(State& state);
    void after_load();

private:
    struct Page {
        std::array<Block*, Pages::size / 2> blocks{};
    };
    // ---- semihosting.cpp
    u32 semihost(u32 operation);
    u32 semihosting_argument(unsigned number);
    std::string semihosting_text(u32 address, u32 length, bool terminated);
    void semihosting_print(const std::string& text);
    u32 semihosting_read(u32 address, u32 length);

    bool ignores_bus_fault(u32 address);
    Stop run_blocks();
    template <class Model> Stop run_blocks(Model& timing);
    void execute(Block& block);
    void execute_untimed(Block& block);
    template <class Model> void account_for(Model& timing, Block& block);
    Block* execute_rounds(Block& block);
    void settle_rounds();
    template <class Model> void account(Model& timing, Block& block);
    void account_profiled(Block& block);
    void account_partial(Block& block, bool completed);
    Way way() const { return {trace, beyond_manual, exit}; }
    Block* next_block(Block& block);
    Cycles cycles_until(const Op& op) const;
    void pass_until(Cycles time);
    void sleep_until(Cycles time);
    void switch_context(ContextSwitch::Kind kind, u32 frame, u32 words, u32 number);
    bool attend(Block*& block);
    bool skip_wait(Block& head);
    bool execute_waiting(Block& head);
    Block* next_of_round(const Block& block);
    bool rests() const { return (sleeping_ || held || debugging.locked_up) && !stopping_; }
    bool asleep();
    bool awakens();
    bool may_trigger(u32 address) const;
    Stop go();
    bool interrupt_multiple(const Block& block);
    Block* find_block(u32 address, u32 it_state) {
        const Page* const page = pages_[address >> Pages::shift].get();
        Block* const known = page ? page->blocks[address >> 1 & (Pages::size / 2 - 1)] : nullptr;
        return known && it_state == 0 ? known : find_new_block(address, it_state);
    }
    Block* find_new_block(u32 address, u32 it_state);
    Block* find_single(u32 address, u32 it_state);
    Block* decode(u32 address, u32 it_state, unsigned longest);
    Block* follow(Block& block);
    bool process_stack_in_use() const { return process_stack && exceptions.current == 0; }

    // exceptions (exception_entry.cpp)
    bool take_exception();
    void enter(unsigned number, u32 return_address);
    unsigned derive(unsigned number, Exception cause);
    void exception_return(u32 exc_return);
    void chain(unsigned number, u32 exc_return);
    void fail_return(u32 frame, u32 exc_return);
    u32 push_frame(u32 return_address);
    void pop_frame(u32 exc_return);
    void protect(bool as_privileged);
    Access read_permitted(u32 address, unsigned size, u32& value);
    void patch_literal(u32 address, unsigned size, u32& value) const;
    Access write_permitted(u32 address, unsigned size, u32 value);
    bool abort_access(const Op* op, Access result, u32 address);
    /// What is accessed may ask for the time, and for all that has been counted.
    void begin_slow_access() {
        settle_rounds();
        ++slow_accesses_;
    }
    bool violates(const Op* op, u32 address);
    void note_stacking(Access result);
    void stack_write(u32 address, u32 value);
    u32 stack_read(u32 address);
    void select_stack(bool process, bool handler);
    bool raise(Exception exception, u32 return_address);
    void raise_synchronous();
    void lock_up(const std::string& cause);
    FaultReport describe_fault(const std::string& cause) const;
    bool is_stuck_in_fault(u64 looks);

    void enter_debug_state(u32 reason);
    bool halts_here();
    bool has_places() const {
        return !breakpoints.empty() || !debugging.breakpoints.empty() ||
               !debugging.watched_code.empty();
    }
    bool stops_at(u32 address) const {
        return has_places() && (breakpoints.contains(address) || debugging.breaks_at(address) ||
                                debugging.watches_code(address));
    }
    void meet_breakpoint();
    bool match_code();
    void match_data(const DataAccess& access);
    void catch_vector(unsigned number);
    void catch_reset();
    void step_for_monitor();
    void lock_up_for_debugger();
    const u8* access_kinds_ = bus.regions.kinds();
    u32 raised_ = 0;               ///< CFSR's bits of the fault that is being raised
    bool raised_in_entry_ = false; ///< it came of stacking or unstacking

    struct PendingFault {
        bool pending = false;
        Exception exception = Exception::hard_fault;
        u32 cfsr = 0;
        std::optional<u32> address; ///< of a BKPT, its number
    } pending_fault_;
    std::optional<FaultReport> first_fault_;
    u32 exc_return_ = 0; ///< a branch to EXC_RETURN awaits
    bool call_supervisor_ = false;
    bool sleeping_ = false;
    bool for_event_ = false; ///< it sleeps by WFE
    bool deep_ = false;      ///< it sleeps with SLEEPDEEP
    bool flush_pending_ = false;
    Timing* timing_;
    Cycles stalled_until_ = 0;
    bool stopping_ = false;
    bool resuming_ = false; ///< a breakpoint here has been seen
    bool stepping_ = false;
    u64 step_until_ = 0;
    Stop stop_ = Stop::budget;
    Cycles limit_ = 0;
    Cycles event_deadline_ = never;
    Cycles deadline_ = 0;
    Block* running_block_ = nullptr;
    u64 rounds_ = 0;                ///< of the running block, not accounted for yet
    u64 slow_accesses_ = 0;         ///< that were not to plain memory, or not aligned
    const Op* accessing_ = nullptr; ///< the instruction in a slow access
    bool guards_fetches_ = false;   ///< the MPU has been on: see decode
    std::optional<Exception> stack_fault_;

    /// Registers at the head of a loop that may do nothing but wait, see skip_wait.
    struct Wait {
        u32 head = 0;
        std::array<u32, 16> r{};
        std::array<u32, 6> flags{};
    };
    Wait wait_at(u32 head) const { return {head, r, flags()}; }
    bool is_as(const Wait& wait, u32 head) const {
        return wait.head == head && wait.r == r && wait.flags == flags();
    }
    std::array<u32, 6> flags() const { return {n, z, c, v, q, ge}; }
    /// The last that was met, by its head: the loop may have other branches back, or calls.
    std::array<Wait, 16> waits_;
    Wait& last_wait(u32 head) { return waits_[(head >> 1 ^ head >> 5) % waits_.size()]; }
    u32 waiting_ = 0; ///< the head of what may wait now
    bool may_wait_ = false;
    Cycles stuck_since_ = never;
    u64 looks_ = 0; ///< counts reads of what is not plain memory

    std::vector<std::unique_ptr<Page>> pages_; ///< by address >> 12
    std::vector<u32> used_pages_;
    std::unordered_map<u64, Block*> it_blocks_;
    std::unordered_map<u64, Block*> single_blocks_;
    /// Of these the last ones, by their addresses.
    std::array<Block*, 256> recent_singles_{};
    std::vector<std::unique_ptr<Block>> blocks_;
    /// Instructions in `blocks_`. Interrupts into a field of zeroes begin a block at each of them:
    /// what has been decoded is forgotten from time to time, or it would fill the host's memory.
    u32 decoded_ = 0;
    static constexpr u32 most_decoded = 1u << 19;
    std::unordered_map<u32, Profile> old_profile_;

public:
    std::string semihosting_input; ///< what the firmware has not read yet; last, as it is rare
};

/// On to the next instruction of the block.
inline void next(Core& core, const Op* op) { return op[1].run(core, op + 1); }

} // namespace tinysim
