#include "machine.hpp"

#include "peripherals/adc.hpp"
#include "peripherals/i2c_device.hpp"
#include "system/debug.hpp"
#include "text.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace tinysim {
namespace {

/// "TSNP" and the version of what follows: flat members in the host's byte order, without host
/// addresses.
constexpr u64 snapshot_format = 0x0000'0004'504E'5354;

/// How often peripherals may be due at one moment: more than any legitimate chain of them.
constexpr unsigned most_repeats = 10'000;

} // namespace

Machine::Machine() : core(bus, *this, tiers.manual) {
    struct Unit {
        const char* name;
        u32 address;
        u32 size;
    };
    // The private peripheral bus (DDI0403 table B3-3) beside the system control space.
    static constexpr Unit units[] = {
        {"itm", 0xE0000000, 0x1000},    {"fpb", 0xE0002000, 0x1000},
        {"tpiu", 0xE0040000, 0x1000},   {"etm", 0xE0041000, 0x1000},
        {"dbgmcu", 0xE0042000, 0x1000}, {"romTable", 0xE00FF000, 0x1000}};
    for (const Unit& unit : units) {
        auto owned = std::make_unique<DebugUnits>(unit.name, *this, unit.address, unit.size);
        bus.attach(*owned, unit.address, unit.size);
        adopt(std::move(owned));
    }
    auto dwt = std::make_unique<Dwt>("dwt", *this, core);
    auto system = std::make_unique<SystemControl>("nvic", *this, core, dwt.get());
    bus.attach(*dwt, 0xE0001000, dwt->size());
    adopt(std::move(dwt));
    bus.attach(*system, 0xE000E000, system->size());
    system_control_ = system.get();
    adopt(std::move(system));
    core.fire_events = [this] { fire_events(); };
    core.slept_deeply = [this] { enter_low_power(); };
    core.woke = [this] { leave_stop(); };
}

void Machine::adopt(std::unique_ptr<Peripheral> peripheral) {
    by_name_[peripheral->name] = peripheral.get();
    peripherals_.push_back(std::move(peripheral));
}

void Machine::add_memory(const std::string& name, const std::string& kind,
                         const std::vector<u32>& addresses, u32 size) {
    MemoryKind memory_kind = MemoryKind::sram;
    if (kind == "flash")
        memory_kind = MemoryKind::flash;
    else if (kind == "rom")
        memory_kind = MemoryKind::rom;
    else if (kind != "sram")
        throw CoreError(name + ": a memory is flash, sram or rom, not " + kind);
    const u8 fill = memory_kind == MemoryKind::flash ? 0xFF : 0;
    bus.add_memory({name, memory_kind, addresses, std::vector<u8>(size, fill)});
}

void Machine::add_bit_band(u32 address, u32 size, u32 target) {
    bus.add_bit_band(address, size, target);
}

/// Tells the machine of what it has to know of a part.
void Machine::wire(Peripheral& peripheral) {
    const std::string name = peripheral.name;
    if (auto* const rcc = dynamic_cast<Rcc*>(&peripheral)) {
        rcc_ = rcc;
        rcc_->before_change = [this] { keep_time(); };
        rcc_->after_change = [this] {
            pipeline().matrix.apb_divider = {rcc_->apb_divider(false), rcc_->apb_divider(true)};
            core.code_changed(); // what was remembered holds no more
            clock_or_voltage_changed();
        };
    } else if (auto* const pwr = dynamic_cast<Pwr*>(&peripheral)) {
        pwr_ = pwr;
        pwr_->woken = [this] { wake_from_standby(); };
        pwr_->voltage_changed = [this] { clock_or_voltage_changed(); };
    } else if (auto* const flash = dynamic_cast<FlashInterface*>(&peripheral)) {
        flash_ = flash;
        flash_->contents_changed = [this] { core.code_changed(); };
        flash_->acr_changed = [this] {
            configure_accelerator();
            check_clock();
        };
    } else if (auto* const usart = dynamic_cast<Usart*>(&peripheral)) {
        usart->on_sent = [this, name](u8 byte, Moment written) {
            if (name == watched_uart_)
                note_sent(byte, written);
        };
    } else if (auto* const port = dynamic_cast<Gpio*>(&peripheral)) {
        port->on_edge = [this, name](unsigned pin, bool level) {
            if (watched_pins_.contains({name, pin}) && pin_events_.size() < most_pin_events)
                pin_events_.push_back({name, pin, level, now(), time_ns()});
        };
    }
}

void Machine::add_peripheral(const std::string& name, const std::string& type,
                             std::optional<u32> address, std::optional<u32> size,
                             const Properties& properties) {
    // The core and what belongs to it are always there.
    if (type == "CPU.CortexM" || type == "Miscellaneous.DWT")
        return;
    if (type == "IRQControllers.NVIC") {
        by_name_[name] = system_control_;
        return;
    }
    if (by_name_.contains(name))
        throw CoreError(name + ": there is one already");
    const Maker maker = Registered::find(type);
    if (!maker)
        throw CoreError(name + ": no model for " + type);
    auto owned = maker({name, *this, *this, properties});
    Peripheral& peripheral = *owned;
    wire(peripheral);
    adopt(std::move(owned));
    if (address)
        bus.attach(peripheral, *address, size.value_or(peripheral.size()));
    if (rcc_)
        for (const auto& [known, client] : by_name_)
            if (client != rcc_)
                rcc_->clients[known] = client;
}

FlashTiming Machine::flash_timing() const {
    const u32 acr = flash_->acr();
    FlashTiming timing{.wait_states = acr & 15,
                       .row_shift = flash_->dual_bank() ? 3u : 4u,
                       .prefetch = bit<8>(acr),
                       .instruction_cache = bit<9>(acr),
                       .data_cache = bit<10>(acr)};
    timing.wait_states = flash_choice_.least_latency
                             ? least_wait_states(voltage_range(), hclk())
                             : flash_choice_.latency.value_or(timing.wait_states);
    timing.prefetch = flash_choice_.prefetch.value_or(timing.prefetch);
    timing.instruction_cache = flash_choice_.instruction_cache.value_or(timing.instruction_cache);
    timing.data_cache = flash_choice_.data_cache.value_or(timing.data_cache);
    return timing;
}

VoltageRange Machine::voltage_range() const {
    return pwr_ ? pwr_->voltage_range() : VoltageRange::boost;
}

/// Lets the accelerator follow its settings; where they are as before, its caches stay.
void Machine::update_accelerator() {
    if (flash_ && flash_timing() != accelerator().timing())
        configure_accelerator();
}

void Machine::clock_or_voltage_changed() {
    update_accelerator();
    check_clock();
}

/// Reports a clock that silicon does not run at.
void Machine::check_clock() {
    if (unsettled_)
        return;
    const VoltageRange range = voltage_range();
    if (hclk() > most_hclk(range))
        report("pwr", "HCLK above the limit of this voltage range", 0x40007000, true);
    else if (flash_ && flash_timing().wait_states < least_wait_states(range, hclk()))
        report("flash", "FLASH_ACR.LATENCY too low for HCLK", 0x40022000, true);
}

void Machine::configure_accelerator() {
    const u32 acr = flash_->acr();
    Accelerator& accelerator = pipeline().accelerator;
    accelerator.configure(flash_timing());
    if (bit<11>(acr) || !bit<9>(acr))
        accelerator.clear_instruction_cache();
    if (bit<12>(acr) || !bit<10>(acr))
        accelerator.clear_data_cache();
}

void Machine::add_bus(const std::string& name, u32 address, u32 size, u32 bridge) {
    if (bridge > 2)
        throw CoreError(name + ": a bridge leads to APB1 or APB2");
    Region region;
    region.bridge = static_cast<u8>(bridge);
    bus.regions.add(name, address, size, region);
}

void Machine::attach(const std::string& device, const std::string& bus_name, u32 address) {
    auto* const i2c = dynamic_cast<I2cBus*>(&find(bus_name));
    auto* const on_i2c = dynamic_cast<I2cDevice*>(&find(device));
    if (!i2c || !on_i2c)
        throw CoreError(device + ": no device for " + bus_name);
    i2c->attach(*on_i2c, address);
}

void Machine::add_reserved(const std::string& name, u32 address, u32 size) {
    bus.reserve(name, address, size);
}

Peripheral& Machine::find(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end())
        throw CoreError(name + ": no such peripheral");
    return *found->second;
}

Usart& Machine::uart(const std::string& name) {
    auto* usart = dynamic_cast<Usart*>(&find(name));
    if (!usart)
        throw CoreError(name + ": not a UART");
    return *usart;
}

Gpio& Machine::gpio(const std::string& name) {
    auto* port = dynamic_cast<Gpio*>(&find(name));
    if (!port)
        throw CoreError(name + ": not a GPIO port");
    return *port;
}

void Machine::connect(const std::string& source, const std::string& output,
                      const std::string& target, int input) {
    if (target == "cpu")
        return; // NVIC and core are one here
    const auto hash = target.find('#');
    // `syscfg#3@5` is input 5 of the fourth group of 16.
    const int group = hash == std::string::npos ? 0 : std::stoi(target.substr(hash + 1));
    Peripheral& to = find(target.substr(0, hash));
    Peripheral& from = find(source);
    from.connect(from.output(output), {&to, 16 * group + input});
}

bool Machine::pin_level(const std::string& port, unsigned pin) {
    if (pin > 15)
        throw CoreError(port + ": a port has pins 0 to 15");
    return gpio(port).level(pin);
}

void Machine::set_input(const std::string& port, unsigned pin, bool level) {
    if (pin > 15)
        throw CoreError(port + ": a port has pins 0 to 15");
    gpio(port).set_input(pin, level);
}

void Machine::set_analog(const std::string& converter, unsigned channel, double volts) {
    auto* const adc = dynamic_cast<Adc*>(&find(converter));
    if (!adc)
        throw CoreError(converter + ": not an analog-to-digital converter");
    if (!(volts >= 0 && volts <= 5))
        throw CoreError(converter + ": a voltage is from 0 to 5 V");
    adc->analog_input(static_cast<int>(std::min(channel, 255u)),
                      static_cast<u32>(volts * 1e6 + 0.5));
}

void Machine::load(u32 address, const std::string& data) {
    if (!bus.program(address, reinterpret_cast<const u8*>(data.data()),
                     static_cast<u32>(data.size())))
        throw CoreError("no memory for " + std::to_string(data.size()) + " bytes at " +
                        hex(address));
    core.code_changed();
}

std::string Machine::read_memory(u32 address, u32 size) {
    u32 offset = 0;
    const Memory* memory = bus.memory_at(address, offset);
    if (!memory || memory->bytes.size() - offset < size)
        throw CoreError("no memory of " + std::to_string(size) + " bytes at " + hex(address));
    return {reinterpret_cast<const char*>(memory->bytes.data()) + offset, size};
}

u32 Machine::bus_read(u32 address, unsigned size) {
    fire_events();
    u32 value = 0;
    if (bus.read(address, size, value, core.current_pc()) != Access::ok)
        throw CoreError("nothing answers at " + hex(address));
    return value;
}

void Machine::bus_write(u32 address, u32 value, unsigned size) {
    fire_events();
    if (bus.write(address, size, value, core.current_pc()) != Access::ok)
        throw CoreError("nothing takes a write at " + hex(address));
}

std::vector<PlacedRegister> Machine::register_map() const {
    std::vector<PlacedRegister> result;
    for (const auto& peripheral : peripherals_)
        if (const auto* const block = dynamic_cast<const RegisterBlock*>(peripheral.get()))
            for (const Register& declared : block->map())
                result.push_back({block->name, bus.address_of(*block) + declared.offset, declared});
    return result;
}

/// The SRAMs are without power in Standby and Shutdown; CR3.RRS keeps SRAM2 in Standby.
void Machine::lose_memory(ResetCause cause) {
    const bool keeps_sram2 = cause == ResetCause::standby && pwr_ && pwr_->keeps_sram2();
    for (const auto& memory : bus.memories)
        if (memory->kind == MemoryKind::sram && !(keeps_sram2 && memory->name == "sram2"))
            std::fill(memory->bytes.begin(), memory->bytes.end(), u8{0});
    core.code_changed();
}

void Machine::system_reset(ResetCause cause) {
    keep_time();
    stopped_ = false;
    if (cause == ResetCause::standby || cause == ResetCause::shutdown)
        lose_memory(cause);
    unsettled_ = true;
    for (const auto& peripheral : peripherals_)
        peripheral->reset(cause == ResetCause::power_on ? Reset::power_on : Reset::system);
    if (rcc_)
        rcc_->note_reset(cause);
    unsettled_ = false;
    core.reset();
    rescheduled();
}

void Machine::tell_of_clocks(void (Peripheral::*change)()) {
    for (const auto& peripheral : peripherals_)
        (peripheral.get()->*change)();
}

/// The core sleeps with SLEEPDEEP: what of the chip goes on is PWR's to say (RM0432 5.3).
void Machine::enter_low_power() {
    if (!pwr_)
        return;
    mode_ = pwr_->low_power();
    static constexpr unsigned option_bits[] = {0, 12, 13, 14}; // nRST_STOP and so on
    if (flash_ && flash_->resets_in(option_bits[static_cast<std::size_t>(mode_)]))
        return request_reset(ResetCause::low_power);
    if (mode_ == LowPower::stop) {
        tell_of_clocks(&Peripheral::before_clock_change);
        system_control_->stop_clock();
        stopped_ = true;
        tell_of_clocks(&Peripheral::after_clock_change);
    } else { // the power of the core's domain goes
        core.held = true;
        keep_time();
        for (const auto& peripheral : peripherals_)
            if (peripheral.get() != system_control_)
                peripheral->reset();
        stopped_ = true;
        system_control_->stop_clock();
        pwr_->note_mode(mode_);
    }
    rescheduled();
}

void Machine::leave_stop() {
    if (!std::exchange(stopped_, false))
        return;
    system_control_->start_clock();
    rcc_->wake_from_stop();
    rescheduled();
}

void Machine::wake_from_standby() {
    if (core.held)
        request_reset(mode_ == LowPower::standby ? ResetCause::standby : ResetCause::shutdown);
}

void Machine::request_reset(ResetCause cause) {
    if (!reset_pending_) {
        reset_pending_ = cause;
        core.request_stop(Stop::idle);
    }
}

void Machine::reset() {
    core.cycles = core.instructions = 0;
    core.exception_counts = {};
    kept_ps_ = 0;
    kept_cycles_ = 0;
    pin_events_.clear();
    at_line_start_ = true;
    reset_pending_.reset();
    if (flash_)
        flash_->set_dual_bank(dual_bank_);
    system_reset(ResetCause::power_on);
}

void Machine::rescheduled() {
    if (core.exceptions.reset_requested)
        request_reset(ResetCause::software);
    if (firing_)
        return;
    Cycles next = never;
    for (const auto& peripheral : peripherals_)
        next = std::min(next, peripheral->due);
    core.set_event_deadline(next);
}

/// A model that is due for ever would hang the machine, and one that is passed over would make
/// wrong numbers of a run.
void Machine::fail_overdue(Peripheral& peripheral) {
    const Cycles was = std::exchange(peripheral.due, never);
    firing_ = false;
    rescheduled();
    throw CoreError(peripheral.name + ": its model stays due at cycle " + std::to_string(was));
}

void Machine::fire_events() {
    firing_ = true;
    Cycles reached = 0;
    unsigned repeats = 0;
    for (;;) {
        Peripheral* first = nullptr;
        for (const auto& peripheral : peripherals_)
            if (peripheral->due <= core.now() && (!first || peripheral->due < first->due))
                first = peripheral.get();
        if (!first)
            break;
        if (first->due > reached) {
            reached = first->due;
            repeats = 0;
        } else if (++repeats > most_repeats) {
            fail_overdue(*first);
        }
        first->on_due();
    }
    firing_ = false;
    rescheduled();
}

void Machine::take_reset() {
    system_control_->take_reset_request();
    system_reset(*std::exchange(reset_pending_, std::nullopt));
}

Stop Machine::run(Cycles cycles, bool until_line, u32 host_ms) {
    using Clock = std::chrono::steady_clock;
    constexpr Cycles slice = 1'000'000;
    until_line_ = until_line;
    const Cycles limit = core.cycles + std::min(cycles, never / 8);
    const auto until = Clock::now() + std::chrono::milliseconds(host_ms);
    for (;;) {
        const Cycles next = host_ms == 0 ? limit : std::min(limit, core.cycles + slice);
        const Stop reason = core.run(next);
        if (!reset_pending_) {
            if (reason == Stop::idle && !until_line)
                core.pass_idle(limit); // time does not wait for what never comes
            if (reason != Stop::budget || next == limit)
                return reason;
            if (Clock::now() >= until)
                return Stop::paused;
            continue;
        }
        take_reset();
    }
}

Stop Machine::step(u64 instructions) {
    until_line_ = false;
    const Stop reason = core.step(instructions);
    if (reset_pending_)
        take_reset();
    return reason;
}

void Machine::watch_uart(const std::string& name) {
    uart(name);
    watched_uart_ = name;
}

void Machine::note_sent(u8 byte, Moment written) {
    if (at_line_start_)
        line_start_ = written;
    at_line_start_ = byte == '\n';
    if (at_line_start_)
        line_end_ = written;
    if (until_line_ && at_line_start_)
        core.request_stop(Stop::line);
}

void Machine::watch_pin(const std::string& port, unsigned pin) {
    gpio(port);
    watched_pins_[{port, pin}] = true;
}

u64 Machine::time_ns() const {
    const auto cycles = static_cast<unsigned __int128>(core.now() - kept_cycles_);
    return (kept_ps_ + static_cast<u64>(cycles * 1'000'000'000'000u / hclk())) / 1000;
}

void Machine::keep_time() {
    const auto cycles = static_cast<unsigned __int128>(core.now() - kept_cycles_);
    kept_ps_ += static_cast<u64>(cycles * 1'000'000'000'000u / hclk());
    kept_cycles_ = core.now();
}

void Machine::report(std::string kind, const std::string& name, u32 address, bool write) {
    bus.report(std::move(kind), name, address, core.current_pc(), write);
}

u32 Machine::uart_clock(const std::string& name) const {
    return rcc_ ? rcc_->uart_clock(name) : hclk();
}

u32 Machine::hclk() const {
    if (rcc_ == nullptr)
        return 120'000'000;
    return clock_ != 0 && rcc_->uses_pll() ? clock_ : rcc_->hclk();
}

Rate Machine::timer_rate(const std::string& name) const {
    if (rcc_ == nullptr)
        return {};
    Rate rate = rcc_->timer_rate(name);
    if (const u32 programmed = rcc_->hclk(); programmed != hclk()) {
        const u32 common = std::gcd(hclk(), programmed);
        rate = {rate.cycles * (hclk() / common), programmed / common};
    }
    return rate;
}

std::map<std::string, u64> Machine::counters() const {
    std::map<std::string, u64> result{{"cycles", core.cycles}, {"instructions", core.instructions}};
    for (unsigned number = 0; number < Exceptions::count; ++number)
        if (const u64 count = core.exception_counts[number]; count != 0)
            result["exception." + exception_name(number)] = count;
    result.merge(core.timing().counters());
    return result;
}

void Machine::add_breakpoint(u32 address) {
    core.breakpoints.insert(address & ~1u);
    core.code_changed();
}

void Machine::remove_breakpoint(u32 address) {
    core.breakpoints.erase(address & ~1u);
    core.code_changed();
}

std::string Machine::snapshot() {
    Writer out;
    out(snapshot_format);
    out(static_cast<u64>(peripherals_.size()));
    for (const auto& memory : bus.memories) {
        out(static_cast<u64>(memory->bytes.size()));
        out.bytes(memory->bytes.data(), memory->bytes.size());
    }
    for (const auto& peripheral : peripherals_) {
        peripheral->save(out);
    }
    State saving(out);
    core.fields(saving);
    tiers.fields(saving, tier_);
    out(kept_ps_);
    out(kept_cycles_);
    out(stopped_);
    out(mode_);
    return out.take();
}

void Machine::restore(const std::string& state) {
    Reader in(state);
    u64 count = 0;
    in(count);
    if (count != snapshot_format)
        throw CoreError("snapshot: not one, or of another version of tinysim");
    in(count);
    if (count != peripherals_.size())
        throw CoreError("snapshot: of a machine of other parts");
    for (const auto& memory : bus.memories) {
        in(count);
        if (count != memory->bytes.size())
            throw CoreError("snapshot: of a machine of other memories");
        in.bytes(memory->bytes.data(), memory->bytes.size());
    }
    unsettled_ = true;
    for (const auto& peripheral : peripherals_) {
        peripheral->load(in);
    }
    unsettled_ = false;
    State loading(in);
    core.fields(loading);
    if (tiers.fields(loading, tier_) != tier_)
        core.timing().reset(core.cycles);
    core.after_load();
    update_accelerator(); // for the options of this machine
    in(kept_ps_);
    in(kept_cycles_);
    in(stopped_);
    in(mode_);
    pin_events_.clear();
    at_line_start_ = true;
    rescheduled();
}

} // namespace tinysim
