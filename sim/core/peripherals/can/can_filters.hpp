#pragma once

#include "../../types.hpp"
#include "can_registers.hpp"

#include <array>
#include <optional>

namespace tinysim::can {

/// What the filter banks are set to.
struct Filters {
    u32 list = 0, wide = 0, second_fifo = 0, active = 0; ///< FM1R, FS1R, FFA1R, FA1R
    std::array<std::array<u32, 2>, filters> banks{};

    struct Match {
        u32 fifo;
        u32 index; ///< FMI
    };
    /// Where a frame with this identifier register goes; nowhere if no filter lets it through.
    /// Wide filters go before narrow ones, then lists before masks, then the lower number
    /// (RM0432, bxCAN, filter priority rules).
    std::optional<Match> find(u32 identifier) const;
};

} // namespace tinysim::can
