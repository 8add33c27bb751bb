#include "machine.hpp"

#include "../peripherals/analog/tsc.hpp"
#include "../system/debug.hpp"
#include "../system/dwt.hpp"
#include "../system/flash_patch.hpp"
#include "../text.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr const char* input_names[] = {"when_ready", "line_rate"};
constexpr const char* tier_names[] = {"T0", "T1", "T2", "T3"};

} // namespace

Machine::Machine(const std::string& chip) : core(bus, *this, tiers.manual) {
    struct Unit {
        const char* name;
        u32 address;
        u32 size;
    };
    // The private peripheral bus (DDI0403 table B3-3) beside the system control space.
    static constexpr Unit units[] = {{"tpiu", 0xE0040000, 0x1000},
                                     {"etm", 0xE0041000, 0x1000},
                                     {"dbgmcu", 0xE0042000, 0x1000},
                                     {"romTable", 0xE00FF000, 0x1000}};
    for (const Unit& unit : units) {
        auto owned = std::make_unique<DebugUnits>(unit.name, *this, unit.address, unit.size);
        bus.attach(*owned, unit.address, unit.size);
        adopt(std::move(owned));
    }
    auto itm = std::make_unique<Itm>("itm", *this, core);
    bus.attach(*itm, 0xE0000000, itm->size());
    itm_ = itm.get();
    adopt(std::move(itm));
    auto patch = std::make_unique<FlashPatch>("fpb", *this, core);
    bus.attach(*patch, 0xE0002000, patch->size());
    adopt(std::move(patch));
    auto dwt = std::make_unique<Dwt>("dwt", *this, core);
    auto system = std::make_unique<SystemControl>("nvic", *this, core, dwt.get());
    bus.attach(*dwt, 0xE0001000, dwt->size());
    adopt(std::move(dwt));
    bus.attach(*system, 0xE000E000, system->size());
    system_control_ = system.get();
    adopt(std::move(system));
    const ChipMaker maker = RegisteredChip::find(chip);
    if (!maker)
        throw CoreError("no model of a chip " + chip);
    chip_ = maker({*this, bus, core, tiers.cycle_model.pipeline, peripherals_, *system_control_,
                   [this] { keep_time(); }});
    bus.pc = [this] { return core.current_pc(); };
    core.fire_events = [this] { fire_events(); };
    core.slept_deeply = [this] { chip_->enter_low_power(); };
    core.woke = [this] { chip_->leave_low_power(); };
    options_.add(
        "tier", [this] { return std::string(tier_names[static_cast<int>(tier_)]); },
        [this](const Property& value) {
            tier_ = static_cast<Tier>(Options::expect_name(value, tier_names, "T0, T1, T2 or T3"));
            core.set_timing(tiers[tier_]);
        });
    options_.add_flag("strict", bus.strict);
    options_.add_flag("debugger", core.debugging.host);
    options_.add_flag("add_rounds", core.adds_rounds);
    options_.add_number("translate", core.translator.patience, 0, 1'000'000, "0 to 1000000");
    options_.add(
        "uart.input", [this] { return std::string(input_names[paced_input_ ? 1 : 0]); },
        [this](const Property& value) {
            paced_input_ = Options::expect_name(value, input_names, "when_ready or line_rate") == 1;
            for (const auto& part : peripherals_)
                if (auto* const usart = dynamic_cast<Usart*>(part.get()))
                    usart->paced = paced_input_;
        });
    tiers.offer(options_);
    chip_->offer(options_);
}

void Machine::configure(const std::string& option, const Property& value) {
    options_.set(option, value);
    core.code_changed(); // what was remembered holds no more
    chip_->options_changed();
}

void Machine::adopt(std::unique_ptr<Peripheral> peripheral) {
    peripheral->number = static_cast<u32>(peripherals_.size());
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

/// Follows what the board's outside looks at.
void Machine::watch(Peripheral& peripheral) {
    const std::string name = peripheral.name;
    if (auto* const usart = dynamic_cast<Usart*>(&peripheral)) {
        const auto source = static_cast<unsigned>(traced_uarts_.size());
        traced_uarts_.push_back(name);
        usart->on_received = [this, source](u8 byte) {
            tracer.note(TraceRecord::received, source, byte);
        };
        usart->on_sent = [this, name, source](u8 byte, Moment written) {
            tracer.note(TraceRecord::sent, source, byte);
            if (name == watched_uart_)
                note_sent(byte, written);
        };
    } else if (auto* const port = dynamic_cast<Gpio*>(&peripheral)) {
        const auto first = static_cast<unsigned>(16 * traced_ports_.size());
        traced_ports_.push_back(name);
        port->on_edge = [this, name, first](unsigned pin, bool level) {
            tracer.note(TraceRecord::pin, first + pin, level ? 1 : 0);
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
    auto owned = maker({name, *this, *chip_, properties});
    Peripheral& peripheral = *owned;
    watch(peripheral);
    adopt(std::move(owned));
    if (address)
        bus.attach(peripheral, *address, size.value_or(peripheral.size()));
    chip_->adopt(peripheral);
}

void Machine::add_device(std::unique_ptr<Peripheral> device) {
    if (by_name_.contains(device->name))
        throw CoreError(device->name + ": there is one already");
    Peripheral& added = *device;
    adopt(std::move(device));
    chip_->adopt(added);
}

void Machine::add_bus(const std::string& name, u32 address, u32 size, u32 bridge) {
    if (bridge > 2)
        throw CoreError(name + ": a bridge leads to APB1 or APB2");
    Region region;
    region.bridge = static_cast<u8>(bridge);
    bus.regions.add(name, address, size, region);
}

void Machine::attach(const std::string& device, const std::string& bus_name, u32 address) {
    if (!find(bus_name).attach(find(device), address))
        throw CoreError(device + ": no device for " + bus_name);
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

AudioPort& Machine::audio(const std::string& name) {
    auto* port = dynamic_cast<AudioPort*>(&find(name));
    if (!port)
        throw CoreError(name + ": not an audio port");
    return *port;
}

BusMaster& Machine::bus_master(const std::string& name) {
    auto* master = dynamic_cast<BusMaster*>(&find(name));
    if (!master)
        throw CoreError(name + ": not a master");
    return *master;
}

void Machine::set_electrode(const std::string& controller, unsigned group, unsigned io,
                            u32 transfers) {
    auto* tsc = dynamic_cast<Tsc*>(&find(controller));
    if (!tsc)
        throw CoreError(controller + ": not a touch sensing controller");
    tsc->set_electrode(group, io, transfers);
}

void Machine::boot_from(const std::string& memory) {
    if (!bus.memory(memory) || !chip_->boot_from(memory))
        throw CoreError("the chip does not boot from '" + memory + "'");
}

Gpio& Machine::gpio(const std::string& name) {
    auto* port = dynamic_cast<Gpio*>(&find(name));
    if (!port)
        throw CoreError(name + ": not a GPIO port");
    return *port;
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
    if (bus.read(address, size, value) != Access::ok)
        throw CoreError("nothing answers at " + hex(address));
    return value;
}

void Machine::bus_write(u32 address, u32 value, unsigned size) {
    fire_events();
    if (bus.write(address, size, value) != Access::ok)
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

void Machine::report(std::string kind, const std::string& name, u32 address, bool write) {
    bus.report(std::move(kind), name, address, write);
}

std::map<std::string, u64> Machine::counters() const {
    std::map<std::string, u64> result{
        {"cycles", core.cycles}, {"instructions", core.instructions}, {"sleep", core.sleep_cycles}};
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

} // namespace tinysim
