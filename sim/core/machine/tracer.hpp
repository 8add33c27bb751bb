#pragma once

#include "../cpu/core.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tinysim {

/// What a trace has of one moment: 16 bytes, as Python unpacks them.
struct TraceRecord {
    enum Kind : u16 { pin = 1, sent, received, entered, returned, called, left, slept };
    u64 time_ps;
    u16 kind;
    u16 source; ///< the pin (16 a port), the serial port, or the exception that runs
    u32 value;  ///< level, byte, exception's number, function's number
};

/// Writes down what a machine does, in order. When there is much of it, the machine's run pauses,
/// so that somebody takes it.
class Tracer final : public Observer {
public:
    /// `time` gives virtual time in picoseconds.
    Tracer(Core& core, std::function<u64(Cycles)> time) : core_(core), time_(std::move(time)) {}

    /// The functions' first addresses, in order: with any, calls and returns are written down.
    void start(std::vector<u32> functions);
    void stop();
    bool is_on() const { return on_; }
    std::string take();

    void note(TraceRecord::Kind kind, unsigned source, u32 value);
    void executed(u32 pc, u32 end, Cycles start) override;
    void entered(unsigned number, Cycles at) override;
    void returned(unsigned number, Cycles at) override;
    void slept(bool asleep, Cycles at) override;

private:
    static constexpr std::size_t enough = 1u << 16;

    /// The functions that are open in one context: Thread mode's or a handler's.
    struct Context {
        unsigned exception = 0;
        std::vector<u32> open;
        u32 last_end = 0, link = 0; ///< where the last block ended, and LR then
    };

    void add(TraceRecord::Kind kind, unsigned source, u32 value, Cycles at);
    u32 function_of(u32 pc) const;
    void close(Context& context, std::size_t depth, Cycles at);

    Core& core_;
    std::function<u64(Cycles)> time_;
    bool on_ = false;
    std::vector<u32> functions_;
    std::vector<Context> contexts_;
    std::vector<TraceRecord> records_;
    u32 known_first_ = 1, known_last_ = 0, known_ = 0; ///< the last answer of `function_of`
};

} // namespace tinysim
