#include "can_frame.hpp"

#include <algorithm>

namespace tinysim {
namespace {

constexpr u32 crc_polynomial = 0x4599;
constexpr u32 run_to_stuff = 5;
/// CRC delimiter, acknowledgement and its delimiter, end of frame, space before the next one.
constexpr u32 unstuffed = 1 + 2 + 7 + 3;

/// Counts bits as they go onto the line, with those stuffed in after five equal ones.
class Line {
public:
    void put(u32 value, u32 bits) {
        while (bits-- != 0)
            put((value >> bits & 1) != 0);
    }
    u32 crc() const { return crc_; }
    u32 count() const { return count_; }

private:
    void put(bool level) {
        const bool carry = ((crc_ >> 14 & 1) != 0) != level;
        crc_ = (crc_ << 1 & 0x7FFF) ^ (carry ? crc_polynomial : 0);
        ++count_;
        run_ = level == last_ ? run_ + 1 : 1;
        last_ = level;
        if (run_ == run_to_stuff) {
            ++count_;
            last_ = !level;
            run_ = 1;
        }
    }

    u32 crc_ = 0, count_ = 0, run_ = 0;
    bool last_ = true;
};

} // namespace

u32 CanFrame::line_bits() const {
    Line line;
    line.put(0, 1); // start of frame
    line.put(identifier >> 21, 11);
    if (is_extended()) {
        line.put(3, 2); // SRR, IDE
        line.put(identifier >> 3, 18);
        line.put(is_remote() ? 1 : 0, 1);
        line.put(0, 2); // r1, r0
    } else {
        line.put(is_remote() ? 1 : 0, 1);
        line.put(0, 2); // IDE, r0
    }
    line.put(length, 4);
    const u32 bytes = is_remote() ? 0 : std::min(length, 8u);
    for (u32 byte = 0; byte < bytes; ++byte)
        line.put((byte < 4 ? low : high) >> 8 * (byte & 3), 8);
    line.put(line.crc(), 15);
    return line.count() + unstuffed;
}

} // namespace tinysim
