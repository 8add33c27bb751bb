#pragma once

#include "audio_device.hpp"

#include <array>
#include <deque>
#include <limits>

namespace tinysim {

/// How a block is set up while it is on (RM0432 58.3.3 to 58.3.11).
struct SaiSettings {
    u32 frame_bits = 8;
    u32 slots = 1;
    u32 active = 0; ///< a bit for each slot
    u32 slot_bits = 8, data_bits = 8, first_bit = 0;
    u32 active_level_bits = 1; ///< how long FS is active
    u32 period = 0;            ///< of FS, in cycles of the kernel clock
    bool master = false, receives = false, synchronous = false;
    bool mono = false, lsb_first = false;
    bool sides = false; ///< FSDEF: FS tells the halves of the frame apart
    bool falling = true, early = false;
};

/// What a block asks of the interface that it is half of.
class SaiHost {
public:
    virtual ~SaiHost() = default;
    virtual u32 kernel_clock() const = 0;
    /// Flags of SR.
    virtual void raise(unsigned block, u32 flags) = 0;
    /// It has stopped at the end of a frame.
    virtual void stopped(unsigned block) = 0;
};

/// One of the two audio blocks of a SAI: its clock, its frames and its FIFO.
class SaiBlock {
public:
    enum Flag : u32 {
        overrun = 1u << 0,
        mute_detected = 1u << 1,
        wrong_clock = 1u << 2,
        early_sync = 1u << 5,
        late_sync = 1u << 6
    };
    static constexpr std::size_t depth = 8;
    static constexpr u64 never_ps = std::numeric_limits<u64>::max();

    SaiBlock(SaiHost& host, Surroundings& around, unsigned number)
        : host_(host), around_(around), number_(number) {}

    bool is_on() const { return phase_ != Phase::off; }
    bool is_stopping() const { return stopping_; }
    void turn_on(const SaiSettings& settings);
    /// Now, or after the frame that is on the line.
    void turn_off();
    void follow(const SaiBlock& other) { other_ = &other; }
    void attach(AudioDevice& device) { device_ = &device; }

    void push(u32 value);
    u32 take();
    void flush() { fifo_.clear(); }
    std::size_t level() const { return fifo_.size(); }

    void mute(bool on, bool repeats) {
        mute_ = on;
        repeats_ = repeats;
    }
    void count_mutes(u32 frames) { mute_frames_ = frames; }

    /// When it has to act next, and at that time.
    u64 next_ps();
    void act();
    /// Its clock may have changed, or the device's.
    void clocks_changed();
    void fields(State& state);

private:
    enum class Phase : u8 { off, between_frames, in_frame };

    std::optional<AudioFrame> frame_from(u64 ps) const;
    void restart_clock();
    u64 slot_begins(u32 slot) const;
    bool is_sent(u32 slot) const { return (settings_.active >> slot & 1) != 0; }
    bool fits(u32 slot) const { return slot_begins(slot) + settings_.data_bits <= frame_.bits; }
    void begin_frame();
    void end_frame();
    void receive(u32 slot);
    void send(u32 slot);

    SaiHost& host_;
    Surroundings& around_;
    const unsigned number_;
    const SaiBlock* other_ = nullptr; ///< whose clock it shares when it is synchronous
    AudioDevice* device_ = nullptr;

    SaiSettings settings_;
    Phase phase_ = Phase::off;
    bool stopping_ = false;
    FrameClock clock_; ///< as a master
    AudioFrame frame_; ///< the one on the line, or the next
    bool frame_known_ = false;
    u64 resume_ps_ = 0; ///< the next frame begins no earlier
    u32 slot_ = 0;
    std::deque<u32> fifo_;
    static constexpr u32 no_slot = 0xFF;
    u32 missed_ = no_slot; ///< the slot that had no room or no data: the FIFO goes on there
    bool missed_in_frame_ = false;
    bool mute_ = false, repeats_ = false;
    bool muted_ = false; ///< in this frame
    bool silent_ = true; ///< all that came in this frame was 0
    u32 mute_frames_ = 0, silent_frames_ = 0;
    u32 last_ = 0; ///< taken from DR, or sent
    std::array<u32, 16> sent_{};
};

} // namespace tinysim
