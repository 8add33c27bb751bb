#pragma once

#include "../peripheral.hpp"

#include <utility>

namespace tinysim {

/// What sits on an SPI bus. Its input is its select line: low selects it.
class SpiDevice : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32) final { return 0; }
    void write(u32, u32) final {}
    void input(int, bool level) final {
        if (std::exchange(selected_, !level) == level)
            select(!level);
    }
    bool is_selected() const { return selected_; }

    /// It has been selected, or is no more.
    virtual void select(bool) {}
    /// A frame from the master, for one of its own.
    virtual u32 exchange(u32 frame, u32 bits) = 0;

protected:
    void fields(State& state) override { state.outside(selected_); }

private:
    bool selected_ = false; ///< a select line rests high
};

} // namespace tinysim
