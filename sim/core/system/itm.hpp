#pragma once

#include "../cpu/core.hpp"

#include <string>

namespace tinysim {

/// Instrumentation Trace Macrocell (DDI0403 C1.7): what software writes to its 32 stimulus ports
/// comes out as packets. It always has room for more, as if SWO had no rate.
class Itm final : public Peripheral {
public:
    Itm(std::string name, Surroundings& around, Core& core)
        : Peripheral(std::move(name), around), core_(core) {}
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    void write_part(u32 offset, u32 value, unsigned size) override;
    u32 size() const override { return 0x1000; }
    /// Packets (DDI0403 D4.2.8) that nobody has taken.
    std::string packets;

protected:
    void fields(State& state) override;
    void after_reset() override;

private:
    static constexpr std::size_t most_packets = 1u << 20; ///< bytes

    bool is_on(unsigned port) const;
    void send(unsigned port, u32 value, unsigned size);
    void stamp();

    Core& core_;
    u32 enables_ = 0;    ///< TER
    u32 privileges_ = 0; ///< TPR
    u32 control_ = 0;    ///< TCR
    bool locked_ = true; ///< by LAR
    Cycles stamped_ = 0; ///< at the last timestamp
};

} // namespace tinysim
