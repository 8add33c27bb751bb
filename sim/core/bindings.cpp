#include "cpu/decode/encoding.hpp"
#include "machine/machine.hpp"
#include "peripherals/foreign_devices.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace tinysim;

namespace {

struct BlockProfile {
    u32 address, size;
    u64 executions, instructions, cycles;
};

nb::dict encodings_by_family() {
    nb::dict result;
    for (const Family& family : families()) {
        nb::list encodings;
        for (const Encoding& encoding : family.encodings)
            encodings.append(nb::cast(&encoding, nb::rv_policy::reference));
        result[family.name] = encodings;
    }
    return result;
}

nb::bytes to_bytes(const std::string& data) { return nb::bytes(data.data(), data.size()); }

std::string to_string(const nb::bytes& data) { return {data.c_str(), data.size()}; }

nb::tuple to_tuple(const Moment& moment) {
    return nb::make_tuple(moment.cycles, moment.instructions);
}

std::map<std::string, u32> fault_registers(const FaultReport& report) {
    std::map<std::string, u32> result;
    for (unsigned i = 0; i < 13; ++i)
        result["r" + std::to_string(i)] = report.registers[i];
    result["sp"] = report.registers[13];
    result["lr"] = report.registers[14];
    result["pc"] = report.registers[15];
    result["xpsr"] = report.registers[16];
    return result;
}

/// Python's bool is an int too, so it must be tried first.
Property to_property(const nb::handle& value) {
    if (nb::isinstance<nb::bool_>(value))
        return nb::cast<bool>(value);
    if (nb::isinstance<nb::int_>(value))
        return nb::cast<i64>(value);
    if (nb::isinstance<nb::str>(value))
        return nb::cast<std::string>(value);
    throw CoreError("a property is an int, a bool or a str");
}

Properties to_properties(const nb::handle& mapping) {
    Properties result;
    for (const auto& [key, value] : nb::cast<nb::dict>(mapping))
        result[nb::cast<std::string>(key)] = to_property(value);
    return result;
}

ForeignLife life_of(const nb::object& device) {
    return {.power_on = [device] { device.attr("power_on")(); },
            .save = [device] { return to_string(nb::cast<nb::bytes>(device.attr("save")())); },
            .load = [device](const std::string& state) { device.attr("load")(to_bytes(state)); }};
}

/// A device in Python, by what it is called on; see `tinysim.devices`.
std::unique_ptr<Peripheral> to_device(Surroundings& around, const std::string& name,
                                      const std::string& kind, const nb::object& device) {
    if (kind == "i2c")
        return std::make_unique<ForeignI2c>(
            name, around,
            ForeignI2c::Calls{
                .start =
                    [device](bool reads) { return nb::cast<bool>(device.attr("start")(reads)); },
                .write = [device](u8 byte) { return nb::cast<bool>(device.attr("write")(byte)); },
                .read = [device] { return nb::cast<u8>(device.attr("read")()); },
                .stop = [device] { device.attr("stop")(); }},
            life_of(device));
    if (kind == "spi")
        return std::make_unique<ForeignSpi>(
            name, around,
            ForeignSpi::Calls{.select = [device](bool on) { device.attr("select")(on); },
                              .exchange =
                                  [device](u32 frame, u32 bits) {
                                      return nb::cast<u32>(device.attr("exchange")(frame, bits));
                                  }},
            life_of(device));
    if (kind == "serial")
        return std::make_unique<ForeignSerial>(
            name, around,
            [device](u8 byte) {
                return to_string(nb::cast<nb::bytes>(device.attr("received")(byte)));
            },
            life_of(device));
    throw CoreError(name + ": a device is on i2c, spi or serial, not " + kind);
}

} // namespace

NB_MODULE(_core, module) {
    // What the interpreter still holds when it ends is its own business.
    nb::set_leak_warnings(false);
    module.attr("build") = TINYSIM_BUILD;
    nb::exception<CoreError>(module, "CoreError");

    nb::enum_<Stop>(module, "Stop")
        .value("BUDGET", Stop::budget)
        .value("LINE", Stop::line)
        .value("BREAKPOINT", Stop::breakpoint)
        .value("FAULT", Stop::fault)
        .value("EXIT", Stop::exit)
        .value("IDLE", Stop::idle)
        .value("PAUSED", Stop::paused)
        .value("HALTED", Stop::halted)
        .value("WATCHPOINT", Stop::watchpoint);

    nb::class_<FaultReport>(module, "Fault")
        .def_ro("cause", &FaultReport::cause)
        .def_prop_ro("registers", &fault_registers)
        .def_ro("cfsr", &FaultReport::cfsr)
        .def_ro("hfsr", &FaultReport::hfsr)
        .def_ro("address", &FaultReport::address);

    nb::class_<Report>(module, "Report")
        .def_ro("kind", &Report::kind)
        .def_ro("name", &Report::name)
        .def_ro("address", &Report::address)
        .def_ro("pc", &Report::pc)
        .def_ro("write", &Report::write);

    nb::class_<PlacedRegister>(module, "Register")
        .def_ro("peripheral", &PlacedRegister::peripheral)
        .def_prop_ro("name", [](const PlacedRegister& placed) { return placed.declaration.name; })
        .def_ro("address", &PlacedRegister::address)
        .def_prop_ro("reset", [](const PlacedRegister& placed) { return placed.declaration.reset; })
        .def_prop_ro("writable",
                     [](const PlacedRegister& placed) { return placed.declaration.writable; })
        .def_prop_ro("fields", [](const PlacedRegister& placed) {
            std::map<std::string, std::pair<unsigned, unsigned>> result;
            for (const Field& field : placed.declaration.fields)
                result[field.name] = {field.high, field.low};
            return result;
        });

    nb::class_<PinEvent>(module, "PinEvent")
        .def_ro("port", &PinEvent::port)
        .def_ro("pin", &PinEvent::pin)
        .def_ro("level", &PinEvent::level)
        .def_ro("cycles", &PinEvent::cycles)
        .def_ro("time_ns", &PinEvent::time_ns);

    nb::class_<Encoding>(module, "Encoding")
        .def_ro("name", &Encoding::name)
        .def_ro("label", &Encoding::label)
        .def_prop_ro("pattern", [](const Encoding& encoding) { return encoding.pattern.text(); });
    module.def("encodings", &encodings_by_family);
    module.def("find_encoding", &find_encoding, nb::arg("code"), nb::rv_policy::reference);

    nb::class_<BlockProfile>(module, "BlockProfile")
        .def_ro("address", &BlockProfile::address)
        .def_ro("size", &BlockProfile::size)
        .def_ro("executions", &BlockProfile::executions)
        .def_ro("instructions", &BlockProfile::instructions)
        .def_ro("cycles", &BlockProfile::cycles);

    nb::class_<Machine>(module, "Machine")
        .def(nb::init<const std::string&>(), nb::arg("chip") = "stm32l4r5")
        .def("add_memory", &Machine::add_memory, nb::arg("name"), nb::arg("kind"),
             nb::arg("addresses"), nb::arg("size"))
        .def(
            "add_bit_band",
            [](Machine& machine, const std::string&, u32 address, u32 size, u32 target) {
                machine.add_bit_band(address, size, target);
            },
            nb::arg("name"), nb::arg("address"), nb::arg("size"), nb::arg("target"))
        .def(
            "add_peripheral",
            [](Machine& machine, const std::string& name, const std::string& type,
               std::optional<u32> address, std::optional<u32> size, nb::handle properties) {
                machine.add_peripheral(name, type, address, size, to_properties(properties));
            },
            nb::arg("name"), nb::arg("type"), nb::arg("address").none(), nb::arg("size").none(),
            nb::arg("properties"))
        .def(
            "add_device",
            [](Machine& machine, const std::string& name, const std::string& kind,
               nb::object device) {
                machine.add_device(to_device(machine.surroundings(), name, kind, device));
            },
            nb::arg("name"), nb::arg("kind"), nb::arg("device"))
        .def("add_bus", &Machine::add_bus, nb::arg("name"), nb::arg("address"), nb::arg("size"),
             nb::arg("bridge"))
        .def("attach", &Machine::attach, nb::arg("device"), nb::arg("bus"), nb::arg("address"))
        .def("add_reserved", &Machine::add_reserved, nb::arg("name"), nb::arg("address"),
             nb::arg("size"))
        .def("connect", &Machine::connect, nb::arg("source"), nb::arg("output"), nb::arg("target"),
             nb::arg("input"))
        .def("pin_level", &Machine::pin_level, nb::arg("port"), nb::arg("pin"))
        .def("release_input", &Machine::release_input, nb::arg("port"), nb::arg("pin"))
        .def("join_pins", &Machine::join_pins, nb::arg("one"), nb::arg("other"))
        .def("set_input", &Machine::set_input, nb::arg("port"), nb::arg("pin"), nb::arg("level"))
        .def("set_analog", &Machine::set_analog, nb::arg("target"), nb::arg("input"),
             nb::arg("volts"))
        .def("set_electrode", &Machine::set_electrode, nb::arg("controller"), nb::arg("group"),
             nb::arg("io"), nb::arg("transfers"))
        .def(
            "master_queue",
            [](Machine& machine, const std::string& name, const std::vector<u32>& operations,
               u64 start_ns) { machine.bus_master(name).queue(operations, start_ns * 1000); },
            nb::arg("name"), nb::arg("operations"), nb::arg("start_ns"))
        .def(
            "master_results",
            [](Machine& machine, const std::string& name) {
                return machine.bus_master(name).take_results();
            },
            nb::arg("name"))
        .def(
            "master_is_done",
            [](Machine& machine, const std::string& name) {
                return machine.bus_master(name).is_done();
            },
            nb::arg("name"))
        .def(
            "audio_play",
            [](Machine& machine, const std::string& name, nb::bytes samples, u64 start_ns,
               u64 rate_mhz) {
                machine.audio(name).play(to_string(samples), start_ns * 1000, rate_mhz);
            },
            nb::arg("name"), nb::arg("samples"), nb::arg("start_ns"), nb::arg("rate_mhz"))
        .def(
            "audio_recorded",
            [](Machine& machine, const std::string& name) {
                return to_bytes(machine.audio(name).take_recorded());
            },
            nb::arg("name"))
        .def(
            "audio_counts",
            [](Machine& machine, const std::string& name) {
                const AudioPort& port = machine.audio(name);
                return nb::make_tuple(port.played(), port.length(), port.lost());
            },
            nb::arg("name"))
        .def(
            "configure",
            [](Machine& machine, const std::string& option, nb::handle value) {
                machine.configure(option, to_property(value));
            },
            nb::arg("option"), nb::arg("value"))
        .def("options", &Machine::options)
        .def(
            "load",
            [](Machine& machine, u32 address, nb::bytes data) {
                machine.load(address, to_string(data));
            },
            nb::arg("address"), nb::arg("data"))
        .def(
            "write_memory",
            [](Machine& machine, u32 address, nb::bytes data) {
                machine.load(address, to_string(data));
            },
            nb::arg("address"), nb::arg("data"))
        .def(
            "read_memory",
            [](Machine& machine, u32 address, u32 size) {
                return to_bytes(machine.read_memory(address, size));
            },
            nb::arg("address"), nb::arg("size"))
        .def("boot_from", &Machine::boot_from, nb::arg("memory"))
        .def("bus_read", &Machine::bus_read, nb::arg("address"), nb::arg("size") = 4)
        .def("bus_write", &Machine::bus_write, nb::arg("address"), nb::arg("value"),
             nb::arg("size") = 4)
        .def("probe_read", &Machine::probe_read, nb::arg("address"), nb::arg("size") = 4)
        .def("probe_write", &Machine::probe_write, nb::arg("address"), nb::arg("value"),
             nb::arg("size") = 4)
        .def("press_reset", &Machine::press_reset)
        .def("resume", &Machine::resume)
        .def_prop_ro("halted", [](const Machine& machine) { return machine.core.debugging.halted; })
        .def("watch_data", &Machine::watch_data, nb::arg("address"), nb::arg("size"),
             nb::arg("reads"), nb::arg("writes"))
        .def("unwatch_data", &Machine::unwatch_data, nb::arg("address"), nb::arg("size"),
             nb::arg("reads"), nb::arg("writes"))
        .def("watch_hit",
             [](Machine& machine) -> std::optional<std::pair<u32, bool>> {
                 const auto hit = std::exchange(machine.core.debugging.host_hit, std::nullopt);
                 if (!hit)
                     return std::nullopt;
                 return std::pair{hit->address, hit->write};
             })
        .def("register_map", &Machine::register_map)
        .def("reset", &Machine::reset)
        .def("run", &Machine::run, nb::arg("cycles"), nb::arg("until_line") = false,
             nb::arg("host_ms") = 0)
        .def("step", &Machine::step, nb::arg("instructions") = 1)
        .def(
            "uart_write",
            [](Machine& machine, const std::string& name, nb::bytes data) {
                machine.uart(name).host_sends(reinterpret_cast<const u8*>(data.c_str()),
                                              data.size());
            },
            nb::arg("name"), nb::arg("data"))
        .def(
            "uart_read",
            [](Machine& machine, const std::string& name) {
                return to_bytes(machine.uart(name).host_takes());
            },
            nb::arg("name"))
        .def(
            "uart_pending",
            [](Machine& machine, const std::string& name) {
                return machine.uart(name).host_pending();
            },
            nb::arg("name"))
        .def(
            "uart_baud",
            [](Machine& machine, const std::string& name) { return machine.uart(name).baud(); },
            nb::arg("name"))
        .def("watch_uart", &Machine::watch_uart, nb::arg("name"))
        .def_prop_ro("line_start",
                     [](const Machine& machine) { return to_tuple(machine.line_start()); })
        .def_prop_ro("line_end",
                     [](const Machine& machine) { return to_tuple(machine.line_end()); })
        .def("watch_pin", &Machine::watch_pin, nb::arg("port"), nb::arg("pin"))
        .def("pin_events", &Machine::take_pin_events)
        .def_prop_ro("cycles", [](const Machine& machine) { return machine.core.cycles; })
        .def_prop_ro("instructions",
                     [](const Machine& machine) { return machine.core.instructions; })
        .def_prop_ro("time_ns", &Machine::time_ns)
        .def_prop_ro("clock_hz", &Machine::clock_hz)
        .def_prop_ro("flash_wait_states", &Machine::flash_wait_states)
        .def_prop_ro("exit_code", [](const Machine& machine) { return machine.core.exit_code; })
        .def("counters", &Machine::counters)
        .def("registers", &Machine::registers)
        .def("set_register", &Machine::set_register, nb::arg("name"), nb::arg("value"))
        .def("fault", [](const Machine& machine) { return machine.core.fault_report; })
        .def("reports", [](const Machine& machine) { return machine.bus.reports; })
        .def(
            "semihosting_write",
            [](Machine& machine, nb::bytes data) {
                machine.core.semihosting_input += to_string(data);
            },
            nb::arg("data"))
        .def("semihosting",
             [](Machine& machine) {
                 return to_bytes(std::exchange(machine.core.semihosting_output, {}));
             })
        .def("swo", [](Machine& machine) { return to_bytes(machine.take_swo()); })
        .def("add_breakpoint", &Machine::add_breakpoint, nb::arg("address"))
        .def("remove_breakpoint", &Machine::remove_breakpoint, nb::arg("address"))
        .def(
            "trace_start",
            [](Machine& machine, std::vector<u32> functions) {
                machine.tracer.start(std::move(functions));
            },
            nb::arg("functions"))
        .def("trace_stop", [](Machine& machine) { machine.tracer.stop(); })
        .def("trace_take", [](Machine& machine) { return to_bytes(machine.tracer.take()); })
        .def("trace_ports", &Machine::traced_ports)
        .def("trace_uarts", &Machine::traced_uarts)
        .def(
            "count_traffic",
            [](Machine& machine, std::vector<std::pair<u32, u32>> parts) {
                machine.tiers.cycle_model.count_traffic(std::move(parts));
            },
            nb::arg("parts"))
        .def("traffic",
             [](const Machine& machine) {
                 std::vector<std::tuple<u32, u32, bool, u64>> result;
                 for (const Traffic::Flow& flow : machine.tiers.cycle_model.traffic().flows())
                     result.emplace_back(flow.before, flow.part, flow.follows, flow.count);
                 return result;
             })
        .def("profile_start", [](Machine& machine) { machine.core.start_profile(); })
        .def("profile",
             [](Machine& machine) {
                 std::vector<BlockProfile> result;
                 for (const auto& [address, block] : machine.core.profile())
                     result.push_back(
                         {address, block.size, block.executions, block.instructions, block.cycles});
                 return result;
             })
        .def("snapshot", [](Machine& machine) { return to_bytes(machine.snapshot()); })
        .def(
            "restore", [](Machine& machine, nb::bytes state) { machine.restore(to_string(state)); },
            nb::arg("state"));
}
