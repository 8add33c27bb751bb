#include "../text.hpp"
#include "machine.hpp"

#include <algorithm>

namespace tinysim {

u32 Machine::probe_read(u32 address, unsigned size) {
    core.debugging.by_probe = true;
    fire_events();
    u32 value = 0;
    const Access result = bus.read(address, size, value);
    core.debugging.by_probe = false;
    if (result == Access::fault)
        throw CoreError("nothing answers at " + hex(address));
    return value;
}

void Machine::probe_write(u32 address, u32 value, unsigned size) {
    core.debugging.by_probe = true;
    fire_events();
    const Access result = bus.write(address, size, value);
    core.debugging.by_probe = false;
    if (reset_pending_)
        take_reset();
    if (core.debugging.halt_requested && core.debugging.attends() && !core.debugging.halted)
        core.run(core.cycles); // it halts before its next instruction
    if (result == Access::fault)
        throw CoreError("nothing takes a write at " + hex(address));
}

void Machine::press_reset() {
    request_reset(ResetCause::pin);
    take_reset();
}

void Machine::watch_data(u32 address, u32 size, bool reads, bool writes) {
    const u32 last = address + std::max(size, 1u) - 1;
    core.debugging.host_watches.push_back({address, last, reads, writes});
    core.places_changed();
}

void Machine::unwatch_data(u32 address, u32 size, bool reads, bool writes) {
    auto& watches = core.debugging.host_watches;
    const auto found = std::find_if(watches.begin(), watches.end(), [&](const DataWatch& watch) {
        return watch.first == address && watch.last == address + std::max(size, 1u) - 1 &&
               watch.reads == reads && watch.writes == writes;
    });
    if (found != watches.end())
        watches.erase(found);
    core.places_changed();
}

} // namespace tinysim
