#pragma once

#include "../cpu/op.hpp"
#include "../snapshot.hpp"

#include <map>
#include <optional>
#include <string>

namespace tinysim {

/// How the instructions of a block went.
struct Way {
    const Trace& trace; ///< what they chose and accessed
    u32 beyond_manual;  ///< cycles beyond the manual's for them, modulo 2^32
    Exit exit;          ///< how the block was left
};

/// The first instructions of a block.
struct Part {
    Block& block;
    u32 count;
    const Op& end; ///< the first operation that was not executed
    Way way;
};

/// An exception's entry, tail-chaining or return.
struct ContextSwitch {
    enum class Kind : u8 { entry, chain, exit };
    Kind kind;
    u32 frame;  ///< where the registers are transferred, but for `chain`
    u32 words;  ///< so many of them
    u32 vector; ///< the address of the vector that is read, but for `exit`
};

/// A tier's model of time. The core executes a block and then asks what that took: one call a
/// block, so that the models need not be known to it. Times are cycles since power-on.
class Timing {
public:
    Timing() = default;
    Timing(const Timing&) = delete;
    Timing& operator=(const Timing&) = delete;
    virtual ~Timing() = default;

    /// A block has been decoded: sets its bound, and whatever else the model wants to know of it.
    virtual void prepare(Block& block) const = 0;
    /// Whether it looks at what a block's instructions chose and accessed.
    virtual bool follows_trace() const { return false; }
    /// When a block ends that began at `now`.
    virtual Cycles run(Block& block, Way way, Cycles now) = 0;
    /// When the first instructions of a block end that began at `now`.
    virtual Cycles run_part(const Part& part, Cycles now) = 0;
    /// As `run_part`, for a block that is still under way.
    virtual Cycles preview(const Part& part, Cycles now) const = 0;
    /// When what has been run ends if so many words of FP context were stacked meanwhile.
    virtual Cycles stack_lazily(u32 /*words*/, Cycles now) { return now; }

    /// When the first instruction after a switch can be fetched. Without waits of memory, an entry
    /// and a return take 12 cycles, and a chained one 6 (100166 3.9.1).
    virtual Cycles switch_context(const ContextSwitch& change, Cycles now);
    /// Cycles from the end of sleep to execution.
    virtual Cycles wakeup() const { return 0; }
    /// No instruction executes until `now`.
    virtual void restart(Cycles) {}
    /// The chip is reset: nothing is cached or under way.
    virtual void reset(Cycles) {}
    /// All blocks are about to go.
    virtual void forget_code() {}

    /// What a further round takes of a block that has just branched to itself, as long as the
    /// trace's first eight kinds, masked, are the same.
    struct Repeated {
        Cycles cycles;
        u64 kinds, mask;
    };
    /// None: that depends on more.
    virtual std::optional<Repeated> repeated(Block& block, Way way) {
        return Repeated{run(block, way, 0), 0, 0};
    }
    /// So many further rounds have been executed.
    virtual void repeat(u64 /*rounds*/) {}

    /// A loop begins a round in which it may do nothing but wait.
    virtual void begin_round() {}
    /// Whether what comes after the round, which took `period`, takes what the round did.
    virtual bool is_repeating(Cycles /*period*/) { return true; }
    /// The round happens so many times more, in `period` cycles each.
    virtual void repeat(u64 /*rounds*/, Cycles /*period*/) {}

    /// What the model counts beside cycles, by name.
    virtual std::map<std::string, u64> counters() const { return {}; }
    /// What a snapshot holds of it: no option.
    virtual void fields(State&) {}
};

} // namespace tinysim
