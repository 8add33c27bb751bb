#include "machine.hpp"

#include <algorithm>

namespace tinysim {

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

void Machine::release_input(const std::string& port, unsigned pin) {
    if (pin > 15)
        throw CoreError(port + ": a port has pins 0 to 15");
    gpio(port).release(pin);
}

/// What an end of a wire is driven to, but by the wire.
std::optional<bool> Machine::Wired::level(const End& end, std::optional<bool> given) {
    if (const std::optional<bool> pushed = end.port->pushed(end.pin))
        return pushed;
    return given ? std::nullopt : end.port->driven(end.pin);
}

void Machine::Wired::give(const End& end, std::optional<bool>& given, std::optional<bool> level) {
    if (level == given)
        return;
    given = level;
    if (level)
        end.port->set_input(end.pin, *level);
    else
        end.port->release(end.pin);
}

void Machine::Wired::follow() {
    give(other, to_other, level(one, to_one));
    give(one, to_one, level(other, to_other));
}

void Machine::join_pins(const std::pair<std::string, unsigned>& one,
                        const std::pair<std::string, unsigned>& other) {
    if (one == other || one.second > 15 || other.second > 15)
        throw CoreError("a wire joins two pins");
    wired_.push_back({{&gpio(one.first), one.second}, {&gpio(other.first), other.second}, {}, {}});
    for (Gpio* const port : {&gpio(one.first), &gpio(other.first)})
        port->on_update = [this] {
            for (Wired& wired : wired_)
                wired.follow();
        };
    wired_.back().follow();
}

void Machine::set_analog(const std::string& target, unsigned input, double volts) {
    Peripheral& peripheral = find(target);
    const unsigned inputs = peripheral.analog_inputs();
    if (inputs == 0)
        throw CoreError(target + ": takes no voltages");
    if (input >= inputs)
        throw CoreError(target + ": there are 0 to " + std::to_string(inputs - 1));
    if (!(volts >= 0 && volts <= 5))
        throw CoreError(target + ": a voltage is from 0 to 5 V");
    peripheral.analog_input(static_cast<int>(input), static_cast<u32>(volts * 1e6 + 0.5));
}

} // namespace tinysim
