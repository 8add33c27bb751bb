#pragma once

#include "../registry.hpp"
#include "audio_device.hpp"

namespace tinysim {

/// The other end of a digital audio line: plays a sound that the host has given, and records what
/// the chip sends. It is the master of the line (`clock: "playing"` while it plays,
/// `clock: "always"`) or follows the chip's clock (`clock: "none"`).
class AudioPort final : public AudioDevice {
public:
    explicit AudioPort(const Site& site);

    /// Samples in the order of the line, in two bytes each up to 16 bits and in four above, little
    /// endian; from a moment on, at a rate in thousandths of a hertz.
    void play(std::string samples, u64 start_ps, u64 rate_mhz);
    std::string take_recorded();
    /// Frames of the sound that it has had time to play.
    u64 played() const;
    u64 lost() const { return lost_; }
    u64 length() const { return sound_.size() / (channels_ * sample_bytes()); }

    std::optional<AudioFrame> frame_from(u64 ps, bool falling) const override;
    u64 follow(u64 ps) override;
    u32 word(const AudioFrame& frame, bool falling, u32 first, u32 count) override;
    void hear(u32 value, u32 width) override;
    void lose() override { ++lost_; }

protected:
    void fields(State& state) override;

private:
    enum class Drives : u8 { nothing, while_playing, always };
    enum class Format : u8 { i2s, left, dsp };

    std::size_t sample_bytes() const { return bits_ <= 16 ? 2 : 4; }
    u32 sample(u64 frame, u64 channel) const;
    u64 shift(u64 frame_bits, bool falling) const;

    const u64 channels_, bits_, slot_bits_;
    const Format format_;
    const Drives drives_;
    std::string sound_;
    u64 mark_ = 0; ///< of it
    FrameClock clock_;
    u64 sound_start_ps_ = 0;
    u64 first_ = 0;      ///< the sound's first frame
    bool begun_ = false; ///< where the chip drives the clock
    u64 followed_ = 0;   ///< frames of the chip's clock
    u64 lost_ = 0;
    std::string recorded_;
    static constexpr std::size_t most_recorded = 1u << 28;
};

} // namespace tinysim
