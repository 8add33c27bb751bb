#pragma once

#include "../bus_master.hpp"
#include "../registry.hpp"

namespace tinysim {

/// The chip's side of an SPI bus that somebody else clocks.
class SpiSlave {
public:
    virtual ~SpiSlave() = default;
    /// NSS has gone low, or high again.
    virtual void selected(bool low) = 0;
    /// The first edge of a frame, and its last: what the chip has sent meanwhile.
    virtual void begin_frame() = 0;
    virtual u32 end_frame(u32 frame, u32 bits) = 0;
};

/// A master on the chip's SPI, at `rate` Hz, with frames of `bits`.
class SpiMaster final : public BusMaster {
public:
    enum Operation : u32 { frame = 0x10000, select = 0x20000, release = 0x30000 };

    explicit SpiMaster(const Site& site);
    void serve(SpiSlave& slave) { slave_ = &slave; }

protected:
    u64 begin(u32 operation) override;
    void end(u32 operation) override;

private:
    const u64 rate_;
    const u32 bits_;
    const u64 gap_ps_; ///< between two frames
    SpiSlave* slave_ = nullptr;
};

} // namespace tinysim
