#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>
#include <functional>
#include <optional>

namespace tinysim {

/// A general-purpose I/O port (RM0432 section 8). Output n follows the level of pin n; output
/// `afF_N` does while alternate function F is selected. Input N is pin N from outside, and of
/// group F (input 16 F + N) what alternate function F drives it to; function 0 is group 16.
class Gpio final : public RegisterBlock {
public:
    explicit Gpio(const Site& site);

    void input(int line, bool level) override;
    void released(int line) override;
    int output(const std::string& output_name) const override;
    /// Drives a pin from outside.
    void set_input(unsigned pin, bool level);
    /// Lets go of a pin from outside.
    void release(unsigned pin);
    bool level(unsigned pin) const { return (levels_ >> pin & 1) != 0; }
    /// What the chip drives a pin to, and what the outside does.
    std::optional<bool> pushed(unsigned pin) const;
    std::optional<bool> driven(unsigned pin) const;
    /// Pins may be driven otherwise than before.
    std::function<void()> on_update = [] {};
    /// A pin has a new level.
    std::function<void(unsigned pin, bool level)> on_edge = [](unsigned, bool) {};

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override { update(); }

private:
    u32 levels() const;
    u32 function(unsigned pin) const;
    void update();
    void set_alternate(unsigned pin, unsigned function, bool level);
    void advance_lock(u32 value);

    u32 driven_ = 0, driven_high_ = 0;       ///< from outside
    std::array<u16, 16> alternate_levels_{}; ///< of a pin, a bit for each function
    std::array<u16, 16> alternate_driven_{};
    u32 levels_ = 0;
    u32 lock_step_ = 0;
};

} // namespace tinysim
