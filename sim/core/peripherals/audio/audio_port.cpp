#include "audio_port.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tinysim {
namespace {

constexpr u64 ps_a_second = 1'000'000'000'000;
constexpr u64 no_sound = std::numeric_limits<u64>::max();

using Wide = unsigned __int128;

/// Tells sounds apart (FNV-1a).
u64 mark_of(const std::string& sound) {
    u64 mark = 0xCBF29CE484222325;
    for (const char byte : sound)
        mark = (mark ^ static_cast<u8>(byte)) * 0x100000001B3;
    return mark;
}

const Registered model{"Sound.AudioPort", make<AudioPort>};

} // namespace

u64 FrameClock::start_ps(u64 number) const {
    return base_ps + static_cast<u64>(Wide{number} * seconds * ps_a_second / frames);
}

u64 FrameClock::first(u64 from_ps) const {
    if (from_ps <= base_ps)
        return 0;
    const u64 at =
        static_cast<u64>(Wide{from_ps - base_ps} * frames / (Wide{seconds} * ps_a_second));
    return start_ps(at) >= from_ps ? at : at + 1;
}

AudioPort::AudioPort(const Site& site)
    : AudioDevice(site.name, site.around), channels_(site.number("channels", 2)),
      bits_(site.number("bits", 16)), slot_bits_(site.number("slotBits", static_cast<u32>(bits_))),
      format_(site.text("format") == "left"  ? Format::left
              : site.text("format") == "dsp" ? Format::dsp
                                             : Format::i2s),
      drives_(site.text("clock") == "none"     ? Drives::nothing
              : site.text("clock") == "always" ? Drives::always
                                               : Drives::while_playing) {
    if (channels_ < 1 || channels_ > 16 || bits_ < 1 || bits_ > 32 || slot_bits_ < bits_ ||
        slot_bits_ > 32)
        throw CoreError(name +
                        ": 1 to 16 channels of up to 32 bits, slots no narrower than samples");
    if (drives_ == Drives::always)
        clock_ = {0, site.number("rate", 16'000), 1};
}

void AudioPort::play(std::string samples, u64 start_ps, u64 rate_mhz) {
    if (samples.size() % (channels_ * sample_bytes()) != 0)
        throw CoreError(name + ": a sound is a whole number of frames");
    if (rate_mhz == 0 || rate_mhz > 1'000'000'000)
        throw CoreError(name + ": a rate is up to 1 MHz");
    sound_ = std::move(samples);
    mark_ = mark_of(sound_);
    sound_start_ps_ = std::max(start_ps, around.time_ps());
    begun_ = false;
    lost_ = 0;
    if (drives_ != Drives::always || Wide{clock_.frames} * 1000 != Wide{rate_mhz} * clock_.seconds)
        clock_ = {sound_start_ps_, rate_mhz, 1000};
    first_ = drives_ == Drives::nothing ? no_sound : clock_.first(sound_start_ps_);
    changed();
}

std::string AudioPort::take_recorded() { return std::exchange(recorded_, {}); }

u64 AudioPort::played() const {
    u64 next = followed_;
    if (drives_ != Drives::nothing)
        next = clock_.frames == 0 ? 0 : clock_.first(around.time_ps() + 1);
    return first_ >= next ? 0 : std::min(next - first_, length());
}

/// Bits from the edge of FS that begins frames here to the one that does so for the chip.
u64 AudioPort::shift(u64 frame_bits, bool falling) const {
    const bool begins_falling = format_ == Format::i2s;
    if (begins_falling == falling)
        return 0;
    return format_ == Format::dsp ? 1 : frame_bits / 2;
}

std::optional<AudioFrame> AudioPort::frame_from(u64 ps, bool falling) const {
    if (drives_ == Drives::nothing || clock_.frames == 0)
        return std::nullopt;
    const u64 frame_bits = channels_ * slot_bits_;
    const u64 late =
        clock_.frame(0, frame_bits).bit_ps(shift(frame_bits, falling)) - clock_.base_ps;
    const u64 number = clock_.first(ps < late ? 0 : ps - late);
    if (drives_ == Drives::while_playing && number >= length())
        return std::nullopt;
    AudioFrame frame = clock_.frame(number, frame_bits);
    frame.start_ps += late;
    frame.end_ps += late;
    return frame;
}

u64 AudioPort::follow(u64 ps) {
    if (!begun_ && !sound_.empty() && ps >= sound_start_ps_) {
        begun_ = true;
        first_ = followed_;
    }
    return followed_++;
}

u32 AudioPort::sample(u64 frame, u64 channel) const {
    if (frame < first_ || frame - first_ >= length())
        return 0;
    u32 value = 0;
    const std::size_t at = ((frame - first_) * channels_ + channel) * sample_bytes();
    std::memcpy(&value, sound_.data() + at, sample_bytes());
    return value;
}

u32 AudioPort::word(const AudioFrame& frame, bool falling, u32 first, u32 count) {
    const u64 offset = format_ == Format::left ? 0 : 1; // from FS to the first bit
    const u64 width = std::max<u64>(frame.bits / channels_, 1);
    u32 value = 0;
    for (u32 i = 0; i < count; ++i) {
        const u64 place = first + i + shift(frame.bits, falling) + frame.bits - offset;
        const u64 number = frame.number + place / frame.bits; // one too many, for the offset
        const u64 channel = place % frame.bits / width;
        const u64 bit = place % frame.bits % width;
        const bool level = number != 0 && channel < channels_ && bit < bits_ &&
                           (sample(number - 1, channel) >> (bits_ - 1 - bit) & 1) != 0;
        value = value << 1 | (level ? 1 : 0);
    }
    return value;
}

void AudioPort::hear(u32 value, u32 width) {
    const std::size_t bytes = width <= 16 ? 2 : 4;
    if (recorded_.size() + bytes > most_recorded)
        return;
    for (std::size_t i = 0; i < bytes; ++i)
        recorded_.push_back(static_cast<char>(value >> 8 * i));
}

void AudioPort::fields(State& state) {
    if (state.resets() == Reset::power_on) { // time begins anew, and the sound when it is due
        begun_ = false;
        followed_ = lost_ = 0;
        recorded_.clear();
    }
    state.outside(clock_);
    state.outside(sound_start_ps_);
    state.outside(first_);
    state.outside(begun_);
    state.outside(followed_);
    state.outside(lost_);
    state.outside(recorded_);
    // A snapshot names the sound and does not hold it: it may be an hour long.
    const u64 mine = mark_;
    state.outside(mark_);
    if (std::exchange(mark_, mine) != mine)
        throw CoreError(name + ": the snapshot was taken while it had another sound to play");
}

} // namespace tinysim
