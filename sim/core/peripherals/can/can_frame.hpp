#pragma once

#include "../../types.hpp"

namespace tinysim {

/// A frame as bxCAN's mailboxes hold it: the identifier register without its lowest bit (TXRQ).
struct CanFrame {
    u32 identifier = 0; ///< STID 31:21, or EXID 31:3; IDE 2; RTR 1
    u32 length = 0;     ///< DLC
    u32 low = 0, high = 0;

    bool is_extended() const { return (identifier & 4) != 0; }
    bool is_remote() const { return (identifier & 2) != 0; }
    /// Bits on the line, from the start of the frame to the end of the space behind it (ISO
    /// 11898-1).
    u32 line_bits() const;
};

} // namespace tinysim
