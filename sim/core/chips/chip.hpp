#pragma once

#include "../cpu/core.hpp"
#include "../options.hpp"
#include "../peripherals/clocks.hpp"
#include "../system/system_control.hpp"
#include "../timing/pipeline.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tinysim {

using Parts = std::vector<std::unique_ptr<Peripheral>>;

/// What a chip acts upon: the core, the memories and all that is on the board.
struct ChipSite {
    Surroundings& around;
    Bus& bus;
    Core& core;
    Pipeline& pipeline;
    const Parts& parts;
    SystemControl& system_control;
    /// The frequency of HCLK is about to change: virtual time is counted up to now.
    std::function<void()> keep_time;
};

/// What makes a chip of its parts: who gives whom a clock, how fast flash is, and what goes on in
/// low-power modes and through resets.
class Chip : public Clocks {
public:
    ~Chip() override = default;

    /// A part has come on the board; the chip knows its own.
    virtual void adopt(Peripheral& part) = 0;
    /// Adds the options that the chip has.
    virtual void offer(Options& options) = 0;
    /// An option has another value.
    virtual void options_changed() = 0;

    /// The parts are about to be reset or loaded, one after the other: until `settle`, what they
    /// say together means nothing.
    virtual void unsettle() = 0;
    virtual void settle() = 0;
    virtual void before_reset(ResetCause cause) = 0;
    virtual void after_reset(ResetCause cause) = 0;

    /// The memory that every reset shows at address 0, for the core to begin in. False: it cannot
    /// begin in that one.
    virtual bool boot_from(const std::string& memory) = 0;

    /// The core sleeps with SLEEPDEEP, and has woken from that.
    virtual void enter_low_power() = 0;
    virtual void leave_low_power() = 0;
    /// Whether HCLK is stopped.
    virtual bool is_stopped() const = 0;
    /// Whether the backup domain may be written.
    virtual bool backup_writable() const = 0;

    virtual u32 flash_wait_states() const = 0;
    /// What a snapshot holds of it beside its parts.
    virtual void fields(State& state) = 0;
};

using ChipMaker = std::unique_ptr<Chip> (*)(const ChipSite&);

/// The chips by name. A chip's file adds it with an object of this class.
class RegisteredChip {
public:
    RegisteredChip(const char* name, ChipMaker maker) { table().emplace(name, maker); }
    /// Null where there is no such chip.
    static ChipMaker find(const std::string& name);

private:
    static std::map<std::string, ChipMaker>& table();
};

} // namespace tinysim
