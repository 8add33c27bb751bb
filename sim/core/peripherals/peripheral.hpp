#pragma once

#include "../snapshot.hpp"
#include "../types.hpp"

#include <string>
#include <vector>

namespace tinysim {

class Bus;
class Peripheral;

/// What resets the chip, in the order of RCC's flags for it.
enum class ResetCause {
    power_on,
    software,
    iwdg,
    wwdg,
    low_power,
    option_bytes,
    pin,
    standby,
    shutdown
};

/// Where an output of a peripheral ends: an input of another one.
struct Wire {
    Peripheral* target = nullptr;
    int input = 0;
};

/// What had been executed at a moment.
struct Moment {
    Cycles cycles = 0;
    u64 instructions = 0;
};

/// What a peripheral may ask of the machine that it sits in.
class Surroundings {
public:
    virtual ~Surroundings() = default;
    virtual Cycles now() const = 0;
    virtual Moment moment() const = 0;
    /// Virtual time since power came, in picoseconds.
    virtual u64 time_ps() const = 0;
    /// The first cycle at which it will be as late as this, at the clock of now.
    virtual Cycles cycle_at(u64 time_ps) const = 0;
    /// HCLK of the moment, in Hz.
    virtual u32 hclk() const = 0;
    /// A peripheral's `due` has changed.
    virtual void rescheduled(Peripheral& peripheral) = 0;
    /// A reset has been asked for, or the clock of the core has stopped or started.
    virtual void look_again() = 0;
    virtual void report(std::string kind, const std::string& name, u32 address, bool write) = 0;
    /// The chip resets after this instruction.
    virtual void request_reset(ResetCause cause) = 0;
    /// A pulse on the core's event input (WFE).
    virtual void send_event() = 0;
    /// PWR_CR1.DBP: whether the backup domain may be written.
    virtual bool backup_writable() const = 0;
    /// A low-power mode has stopped HCLK and all that comes from it.
    virtual bool is_stopped() const = 0;
    /// For bus masters.
    virtual Bus& memory() = 0;
};

/// A block of registers with inputs and outputs. It is idle between accesses: what time does
/// to it is computed when somebody looks, and at `due`, when something outside must be told.
class Peripheral {
public:
    Peripheral(std::string name, Surroundings& around) : name(std::move(name)), around(around) {}
    virtual ~Peripheral() = default;
    Peripheral(const Peripheral&) = delete;
    Peripheral& operator=(const Peripheral&) = delete;

    void reset(Reset kind = Reset::system) {
        State resetting(kind);
        schedule(never);
        fields(resetting);
        after_reset();
    }
    /// Registers are accessed as aligned words here; see `write_part` for smaller writes.
    virtual u32 read(u32 offset) = 0;
    virtual void write(u32 offset, u32 value) = 0;
    /// A byte or half-word read; for registers that give as much as they are asked for.
    virtual u32 read_part(u32 offset, unsigned) { return read(offset & ~3u) >> 8 * (offset & 3); }
    /// A byte or half-word written; for registers in which that is not a plain merge.
    virtual void write_part(u32 offset, u32 value, unsigned size) {
        const u32 mask = (size == 1 ? 0xFFu : 0xFFFFu) << 8 * (offset & 3);
        const u32 word = offset & ~3u;
        write(word, (merge_base(word) & ~mask) | (value << 8 * (offset & 3) & mask));
    }
    /// Whether reading this word has an effect or gives another value as time passes without
    /// an event: a loop that reads it cannot be skipped.
    virtual bool is_volatile(u32) const { return false; }

    /// `due` has come.
    virtual void on_due() {}
    /// An input has changed.
    virtual void input(int, bool) {}
    /// A voltage at an input, in microvolts: the host's floating point is the emulated one.
    virtual void analog_input(int, u32) {}
    /// How many inputs for voltages it has.
    virtual unsigned analog_inputs() const { return 0; }
    /// Nobody drives an input any more.
    virtual void released(int) {}
    /// The clocks are about to change (count up to now), and have changed.
    virtual void before_clock_change() {}
    virtual void after_clock_change() {}

    void save(Writer& out) {
        State saving(out);
        saving(due);
        fields(saving);
    }
    void load(Reader& in) {
        State loading(in);
        loading(due);
        fields(loading);
        after_load();
    }

    /// The number of an output by its name in the board's description.
    virtual int output(const std::string& name) const {
        const bool numbered =
            !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
        return numbered ? std::stoi(name) : 0;
    }

    virtual void connect(int output, Wire wire) {
        if (outputs_.size() <= static_cast<std::size_t>(output))
            outputs_.resize(static_cast<std::size_t>(output) + 1);
        outputs_[static_cast<std::size_t>(output)].push_back(wire);
    }

    /// A device is put on the bus that this is, at an address there; false: none of its kind.
    virtual bool attach(Peripheral&, u32) { return false; }

    const std::string name;
    /// Size of its register block in bytes.
    virtual u32 size() const { return 0x400; }
    Cycles due = never;
    u32 number = 0; ///< its place among the machine's: of those due at one moment, the first acts
    /// Whether its bus clock runs; without it reads give 0 and writes are lost.
    bool clocked = true;

protected:
    /// Everything of it that changes.
    virtual void fields(State& state) = 0;
    virtual void after_reset() {}
    virtual void after_load() {}

    /// What the untouched bytes of a partial write are taken from. 0 suits registers in which
    /// writing 0 does nothing.
    virtual u32 merge_base(u32) { return 0; }

    bool is_wired(int output) const {
        return static_cast<std::size_t>(output) < outputs_.size() &&
               !outputs_[static_cast<std::size_t>(output)].empty();
    }
    void drive(int output, bool level) const {
        if (static_cast<std::size_t>(output) >= outputs_.size())
            return;
        for (const Wire& wire : outputs_[static_cast<std::size_t>(output)])
            wire.target->input(wire.input, level);
    }
    void drive_analog(int output, u32 microvolts) const {
        if (static_cast<std::size_t>(output) >= outputs_.size())
            return;
        for (const Wire& wire : outputs_[static_cast<std::size_t>(output)])
            wire.target->analog_input(wire.input, microvolts);
    }
    void let_go(int output) const {
        if (static_cast<std::size_t>(output) >= outputs_.size())
            return;
        for (const Wire& wire : outputs_[static_cast<std::size_t>(output)])
            wire.target->released(wire.input);
    }
    void schedule(Cycles at) {
        if (due != at) {
            due = at;
            around.rescheduled(*this);
        }
    }

    Surroundings& around;

private:
    std::vector<std::vector<Wire>> outputs_;
};

} // namespace tinysim
