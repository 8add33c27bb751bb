#include "machine.hpp"

namespace tinysim {
namespace {

/// "TSNP" and the version of what follows: flat members in the host's byte order, without host
/// addresses.
constexpr u64 snapshot_format = 0x0000'0009'504E'5354;

} // namespace

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
    chip_->fields(saving);
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
    chip_->unsettle();
    for (const auto& peripheral : peripherals_) {
        peripheral->load(in);
    }
    State loading(in);
    core.fields(loading);
    if (tiers.fields(loading, tier_) != tier_)
        core.timing().reset(core.cycles);
    core.after_load();
    chip_->settle(); // by the options of this machine
    in(kept_ps_);
    in(kept_cycles_);
    chip_->fields(loading);
    pin_events_.clear();
    at_line_start_ = true;
    for (const auto& peripheral : peripherals_)
        agenda_.note(*peripheral);
    look_again();
}

} // namespace tinysim
