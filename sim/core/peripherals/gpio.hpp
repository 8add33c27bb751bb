#pragma once

#include "peripheral.hpp"

#include <functional>

namespace tinysim {

/// A general-purpose I/O port (RM0432 section 8). Output n follows the level of pin n.
class Gpio final : public Peripheral {
public:
    struct ResetValues {
        u32 moder = 0xFFFFFFFF;
        u32 ospeedr = 0;
        u32 pupdr = 0;
    };
    Gpio(std::string name, Surroundings& around, ResetValues values)
        : Peripheral(std::move(name), around), values_(values) {}

    void reset() override;
    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    void save(Writer& out) const override;
    void load(Reader& in) override;

    /// Drives a pin from outside.
    void set_input(unsigned pin, bool level);
    /// A pin has a new level.
    std::function<void(unsigned pin, bool level)> on_edge = [](unsigned, bool) {};

protected:
    u32 merge_base(u32 offset) override {
        return offset == 0x18 || offset == 0x28 ? 0 : read(offset);
    }

private:
    u32 levels() const;
    void update();

    const ResetValues values_;
    u32 moder_ = 0, otyper_ = 0, ospeedr_ = 0, pupdr_ = 0, odr_ = 0, lckr_ = 0, afrl_ = 0,
        afrh_ = 0;
    u32 driven_ = 0, driven_high_ = 0; ///< from outside
    u32 levels_ = 0;
};

} // namespace tinysim
