#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {

/// Touch sensing controller (RM0432 section 29): counts charge transfers in each enabled group
/// until the sampling capacitor is full. How many that takes is what the host says of a channel;
/// one that nothing is said of never gets there.
class Tsc final : public RegisterBlock {
public:
    static constexpr unsigned groups = 8, ios = 4;

    explicit Tsc(const Site& site);
    /// Charge transfers that an electrode takes: fewer where it is touched. Groups and I/Os count
    /// from 1; 0 takes the electrode away.
    void set_electrode(unsigned group, unsigned io, u32 transfers);
    void on_due() override;

protected:
    void written(u32 offset, u32 value) override;
    void after_reset() override { update(); }
    void fields(State& state) override;

private:
    u32 limit() const;
    u32 transfers_of(unsigned group) const;
    void start();
    void update();

    std::array<u32, groups * ios> electrodes_{};
};

} // namespace tinysim
