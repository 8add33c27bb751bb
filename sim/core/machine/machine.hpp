#pragma once

#include "../chips/chip.hpp"
#include "../peripherals/audio/audio_port.hpp"
#include "../peripherals/bus_master.hpp"
#include "../peripherals/pins/gpio.hpp"
#include "../peripherals/usart/usart.hpp"
#include "../system/itm.hpp"
#include "../timing/tiers.hpp"
#include "agenda.hpp"
#include "tracer.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace tinysim {

struct PinEvent {
    std::string port;
    unsigned pin;
    bool level;
    Cycles cycles;
    u64 time_ns;
};

/// A declared register and where it lies.
struct PlacedRegister {
    std::string peripheral;
    u32 address;
    Register declaration;
};

/// A board: a chip with its core, memories and peripherals, and the wires between them. Put
/// together once, then loaded, reset and run.
class Machine final : public Surroundings {
public:
    /// Throws CoreError where there is no such chip.
    explicit Machine(const std::string& chip = "stm32l4r5");

    void add_memory(const std::string& name, const std::string& kind,
                    const std::vector<u32>& addresses, u32 size);
    void add_bit_band(u32 address, u32 size, u32 target);
    void add_peripheral(const std::string& name, const std::string& type,
                        std::optional<u32> address, std::optional<u32> size,
                        const Properties& properties);
    /// A device that is written elsewhere; it sits nowhere yet.
    void add_device(std::unique_ptr<Peripheral> device);
    Surroundings& surroundings() { return *this; }
    /// A bus of peripherals, by way of the bridge to APB1 (1), to APB2 (2) or none (0).
    void add_bus(const std::string& name, u32 address, u32 size, u32 bridge);
    /// Puts a device on a bus of its own kind, at an address there.
    void attach(const std::string& device, const std::string& bus_name, u32 address);
    void add_reserved(const std::string& name, u32 address, u32 size);
    void connect(const std::string& source, const std::string& output, const std::string& target,
                 int input);
    bool pin_level(const std::string& port, unsigned pin);
    void set_input(const std::string& port, unsigned pin, bool level);
    void release_input(const std::string& port, unsigned pin);
    /// Joins two pins by a wire: what drives the one drives the other.
    void join_pins(const std::pair<std::string, unsigned>& one,
                   const std::pair<std::string, unsigned>& other);
    /// The voltage at an analog input: a channel of an ADC, or a pin of a comparator or amplifier.
    void set_analog(const std::string& target, unsigned input, double volts);
    /// Charge transfers that an electrode of a touch sensing controller takes.
    void set_electrode(const std::string& controller, unsigned group, unsigned io, u32 transfers);
    void configure(const std::string& option, const Property& value);
    Properties options() const { return options_.values(); }

    /// The memory that resets begin in from now on.
    void boot_from(const std::string& memory);
    void load(u32 address, const std::string& data);
    std::string read_memory(u32 address, u32 size);
    /// One access as the core makes them, with its effects.
    u32 bus_read(u32 address, unsigned size);
    void bus_write(u32 address, u32 value, unsigned size);
    /// The same as a debug probe makes them: past the MPU, and with the right to DHCSR.
    u32 probe_read(u32 address, unsigned size);
    void probe_write(u32 address, u32 value, unsigned size);
    /// Lets a core that has halted for the host go on.
    void resume() {
        core.debugging.halt_requested = core.debugging.steps = false;
        core.leave_debug_state();
    }
    /// The reset pin goes low, and high again.
    void press_reset();
    /// Stops a run after an access to data; its last one is `Debugging::host_hit`.
    void watch_data(u32 address, u32 size, bool reads, bool writes);
    void unwatch_data(u32 address, u32 size, bool reads, bool writes);
    /// The registers of every peripheral that is declared by them.
    std::vector<PlacedRegister> register_map() const;

    void reset();
    /// Runs for so many cycles or until something stops it; `paused` after `host_ms` milliseconds
    /// of the host's time, unless that is 0. Where it pauses depends on the host, what it does
    /// does not.
    Stop run(Cycles cycles, bool until_line, u32 host_ms = 0);
    Stop step(u64 instructions);

    AudioPort& audio(const std::string& name);
    BusMaster& bus_master(const std::string& name);
    Usart& uart(const std::string& name);
    void watch_uart(const std::string& name);
    /// When the firmware wrote the first byte of the watched port's last line to TDR.
    Moment line_start() const { return line_start_; }
    /// When it wrote that line's end.
    Moment line_end() const { return line_end_; }
    void watch_pin(const std::string& port, unsigned pin);
    /// Takes the ITM's packets, as they leave by SWO.
    std::string take_swo() { return std::exchange(itm_->packets, {}); }
    std::vector<PinEvent> take_pin_events() { return std::exchange(pin_events_, {}); }

    u64 time_ps() const override;
    u64 time_ns() const { return time_ps() / 1000; }
    Cycles cycle_at(u64 time_ps) const override;
    u32 clock_hz() const { return hclk(); }
    u32 flash_wait_states() const { return chip_->flash_wait_states(); }
    std::map<std::string, u64> counters() const;
    std::map<std::string, u32> registers();
    void set_register(const std::string& name, u32 value);
    void add_breakpoint(u32 address);
    void remove_breakpoint(u32 address);

    /// What a trace's sources are: the ports of pins, and the serial ports.
    const std::vector<std::string>& traced_ports() const { return traced_ports_; }
    const std::vector<std::string>& traced_uarts() const { return traced_uarts_; }

    std::string snapshot();
    void restore(const std::string& state);

    Bus bus;
    Tiers tiers{bus.regions};
    Core core;
    Tracer tracer{core, [this](Cycles at) { return time_ps_at(at); }};

private:
    // What peripherals ask for.
    Cycles now() const override { return core.now(); }
    Moment moment() const override { return {core.now(), core.executed()}; }
    u32 hclk() const override { return chip_->hclk(); }
    void rescheduled(Peripheral& peripheral) override {
        agenda_.note(peripheral);
        look_again();
    }
    void look_again() override;
    void report(std::string kind, const std::string& name, u32 address, bool write) override;
    void request_reset(ResetCause cause) override;
    void send_event() override {
        core.event_register = true;
        core.need_attention();
    }
    bool is_stopped() const override { return chip_->is_stopped(); }
    bool backup_writable() const override { return chip_->backup_writable(); }
    Bus& memory() override { return bus; }

    Peripheral& find(const std::string& name);
    Gpio& gpio(const std::string& name);
    void adopt(std::unique_ptr<Peripheral> peripheral);
    void watch(Peripheral& peripheral);
    void fire_events();
    [[noreturn]] void fail_overdue(Peripheral& peripheral);
    void note_sent(u8 byte, Moment written);
    /// Two pins and the wire between them, with what it drives each to.
    struct Wired {
        struct End {
            Gpio* port;
            unsigned pin;
        };
        End one, other;
        std::optional<bool> to_one, to_other;

        static std::optional<bool> level(const End& end, std::optional<bool> given);
        static void give(const End& end, std::optional<bool>& given, std::optional<bool> level);
        void follow();
    };
    std::vector<Wired> wired_;
    void keep_time();
    u64 time_ps_at(Cycles at) const;
    std::vector<std::string> traced_ports_, traced_uarts_;
    void system_reset(ResetCause cause);
    void take_reset();

    Parts peripherals_;
    Agenda agenda_;
    std::map<std::string, Peripheral*> by_name_;
    Itm* itm_ = nullptr;
    SystemControl* system_control_ = nullptr;
    std::unique_ptr<Chip> chip_;
    Options options_;
    Tier tier_ = Tier::t2;
    bool paced_input_ = false; ///< serial ports get bytes at the line's rate
    std::string watched_uart_;
    bool until_line_ = false;
    bool at_line_start_ = true;
    Moment line_start_, line_end_;
    bool firing_ = false;
    std::optional<ResetCause> reset_pending_;
    std::map<std::pair<std::string, unsigned>, bool> watched_pins_;
    std::vector<PinEvent> pin_events_;
    static constexpr std::size_t most_pin_events = 1u << 16; ///< that nobody has taken
    u64 kept_ps_ = 0;                                        ///< virtual time up to `kept_cycles_`
    Cycles kept_cycles_ = 0;
};

} // namespace tinysim
