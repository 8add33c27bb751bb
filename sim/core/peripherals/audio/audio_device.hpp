#pragma once

#include "../peripheral.hpp"

#include <functional>
#include <optional>

namespace tinysim {

/// A frame on a digital audio line: from one edge of FS that begins frames to the next.
struct AudioFrame {
    u64 number = 0;
    u64 start_ps = 0;
    u64 end_ps = 0;
    u64 bits = 0; ///< cycles of SCK; wide, so that a snapshot has no padding

    u64 bit_ps(u64 bit) const { return start_ps + (end_ps - start_ps) * bit / bits; }
};

/// Frames at a rate that need not be whole: `frames` of them in `seconds`.
struct FrameClock {
    u64 base_ps = 0;
    u64 frames = 0;
    u64 seconds = 1;

    u64 start_ps(u64 number) const;
    /// The first frame that begins at a moment or later.
    u64 first(u64 from_ps) const;
    AudioFrame frame(u64 number, u64 bits) const {
        return {number, start_ps(number), start_ps(number + 1), bits};
    }
};

/// What is at the pins of an audio block: FS, SCK and SD.
class AudioDevice : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32) final { return 0; }
    void write(u32, u32) final {}

    /// The first frame at a moment or later, where it drives FS and SCK and they move at all.
    /// Frames begin at a `falling` edge of FS or at a rising one.
    virtual std::optional<AudioFrame> frame_from(u64 ps, bool falling) const = 0;
    /// Somebody else's clock begins a frame: the frame's number here.
    virtual u64 follow(u64 ps) = 0;
    /// What it puts on SD in `count` bits from `first` on, the first of them on top.
    virtual u32 word(const AudioFrame& frame, bool falling, u32 first, u32 count) = 0;
    /// What the chip has put on SD in a slot, `width` bits of it.
    virtual void hear(u32 value, u32 width) = 0;
    /// A word of it has found no room in the chip.
    virtual void lose() = 0;
    /// Its clock starts or stops, or will.
    std::function<void()> changed = [] {};
};

} // namespace tinysim
