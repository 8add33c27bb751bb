#include "spi_master.hpp"

namespace tinysim {
namespace {

constexpr u64 ps_a_second = 1'000'000'000'000;
constexpr u32 kind_mask = 0xFFFF0000;

const Registered model{"SPI.Master", make<SpiMaster>};

} // namespace

SpiMaster::SpiMaster(const Site& site)
    : BusMaster(site.name, site.around), rate_(site.number("rate", 1'000'000)),
      bits_(site.number("bits", 8)), gap_ps_(u64{site.number("gapNs", 0)} * 1000) {
    if (rate_ == 0 || bits_ < 4 || bits_ > 16)
        throw CoreError(name + ": a rate above 0, and frames of 4 to 16 bits");
}

u64 SpiMaster::begin(u32 operation) {
    const u64 bit = ps_a_second / rate_;
    if ((operation & kind_mask) != frame)
        return bit;
    if (slave_)
        slave_->begin_frame();
    return bits_ * bit;
}

void SpiMaster::end(u32 operation) {
    if (!slave_)
        return;
    switch (operation & kind_mask) {
    case select:
    case release:
        slave_->selected((operation & kind_mask) == select);
        break;
    default:
        note(slave_->end_frame(operation & 0xFFFF, bits_));
        pause(gap_ps_);
        break;
    }
}

} // namespace tinysim
