#include "sai_block.hpp"

#include <algorithm>

namespace tinysim {
namespace {

u32 mirrored(u32 value, u32 width) {
    u32 result = 0;
    for (u32 i = 0; i < width; ++i)
        result |= (value >> i & 1) << (width - 1 - i);
    return result;
}

} // namespace

void SaiBlock::turn_on(const SaiSettings& settings) {
    settings_ = settings;
    phase_ = Phase::between_frames;
    stopping_ = false;
    frame_known_ = false;
    resume_ps_ = around_.time_ps();
    missed_ = no_slot;
    silent_frames_ = 0;
    restart_clock();
}

void SaiBlock::turn_off() {
    if (phase_ == Phase::in_frame) {
        stopping_ = true;
    } else if (is_on()) {
        phase_ = Phase::off;
        host_.stopped(number_);
    }
}

void SaiBlock::restart_clock() {
    clock_ = {around_.time_ps(), settings_.master ? host_.kernel_clock() : 0u,
              std::max(settings_.period, 1u)};
}

/// A change of HCLK alone goes unnoticed; a stopped or another kernel clock breaks the frame off.
void SaiBlock::clocks_changed() {
    const bool same = !settings_.master || clock_.frames == host_.kernel_clock();
    if (!is_on() || (same && !around_.is_stopped())) {
        if (phase_ == Phase::between_frames)
            frame_known_ = false;
        return;
    }
    phase_ = Phase::between_frames;
    frame_known_ = false;
    resume_ps_ = around_.time_ps();
    restart_clock();
}

std::optional<AudioFrame> SaiBlock::frame_from(u64 ps) const {
    if (!is_on() || around_.is_stopped())
        return std::nullopt;
    if (settings_.synchronous)
        return other_->settings_.synchronous ? std::nullopt : other_->frame_from(ps);
    if (!settings_.master)
        return device_ ? device_->frame_from(ps, settings_.falling) : std::nullopt;
    if (clock_.frames == 0)
        return std::nullopt;
    return clock_.frame(clock_.first(ps), settings_.frame_bits);
}

/// Bits from the beginning of the first slot, which is FSOFF after the edge of FS.
u64 SaiBlock::slot_begins(u32 slot) const {
    const u32 first_side = settings_.slots / 2;
    u64 place = u64{slot} * settings_.slot_bits;
    if (settings_.sides && slot >= first_side)
        place = (settings_.master ? settings_.active_level_bits : frame_.bits / 2) +
                u64{slot - first_side} * settings_.slot_bits;
    return place + settings_.first_bit;
}

u64 SaiBlock::next_ps() {
    if (!is_on() || around_.is_stopped())
        return never_ps;
    const u64 early = settings_.early ? 1 : 0;
    if (phase_ == Phase::between_frames) {
        if (!frame_known_) {
            const auto next = frame_from(resume_ps_);
            if (!next)
                return never_ps;
            frame_ = *next;
            frame_known_ = true;
        }
        return frame_.bit_ps(early);
    }
    while (slot_ < settings_.slots && !(is_sent(slot_) && fits(slot_)))
        ++slot_;
    if (slot_ == settings_.slots)
        return frame_.bit_ps(frame_.bits + early);
    const u64 place = slot_begins(slot_) + (settings_.receives ? settings_.data_bits : 0);
    return frame_.bit_ps(place + early);
}

void SaiBlock::act() {
    if (phase_ == Phase::between_frames)
        return begin_frame();
    if (slot_ >= settings_.slots)
        return end_frame();
    if (settings_.receives)
        receive(slot_);
    else
        send(slot_);
    ++slot_;
}

void SaiBlock::begin_frame() {
    phase_ = Phase::in_frame;
    slot_ = 0;
    muted_ = mute_;
    silent_ = true;
    missed_in_frame_ = false;
    // A device on somebody else's clock counts the frames itself.
    const bool clocks_itself = settings_.synchronous
                                   ? !other_->settings_.master && other_->device_ == device_
                                   : !settings_.master;
    if (device_ && !clocks_itself)
        frame_.number = device_->follow(frame_.start_ps);
}

void SaiBlock::end_frame() {
    // What follows an FS at a wrong time is taken as it comes.
    if (frame_.bits < settings_.frame_bits)
        host_.raise(number_, early_sync);
    else if (frame_.bits > settings_.frame_bits)
        host_.raise(number_, late_sync);
    if (settings_.receives && mute_frames_ != 0) {
        silent_frames_ = silent_ ? silent_frames_ + 1 : 0;
        if (silent_frames_ == mute_frames_)
            host_.raise(number_, mute_detected);
    }
    resume_ps_ = frame_.start_ps + (frame_.end_ps - frame_.start_ps) / 2;
    frame_known_ = false;
    phase_ = Phase::between_frames;
    if (stopping_)
        turn_off();
}

void SaiBlock::receive(u32 slot) {
    const u32 early = settings_.early ? 1 : 0;
    u32 value = 0;
    if (device_)
        value = device_->word(frame_, settings_.falling,
                              early + static_cast<u32>(slot_begins(slot)), settings_.data_bits);
    if (settings_.lsb_first)
        value = mirrored(value, settings_.data_bits);
    silent_ = silent_ && value == 0;
    if (settings_.mono && slot == 1)
        return;
    // After an overrun it goes on with the same slot of a later frame, so that sides stay sides.
    const bool waits = missed_ != no_slot && (slot != missed_ || missed_in_frame_);
    if (waits || fifo_.size() == depth) {
        if (device_)
            device_->lose();
        if (missed_ == no_slot) {
            missed_ = slot;
            missed_in_frame_ = true;
            host_.raise(number_, overrun);
        }
        return;
    }
    missed_ = no_slot;
    fifo_.push_back(value);
}

void SaiBlock::send(u32 slot) {
    u32 value = 0;
    if (settings_.mono && slot == 1) {
        value = last_;
    } else if (fifo_.empty() || (missed_ != no_slot && slot != missed_)) {
        if (missed_ == no_slot) {
            missed_ = slot;
            host_.raise(number_, overrun);
        }
    } else {
        missed_ = no_slot;
        value = last_ = fifo_.front();
        fifo_.pop_front();
    }
    if (muted_)
        value = repeats_ && settings_.slots <= 2 ? sent_[slot] : 0;
    else
        sent_[slot] = value;
    if (settings_.lsb_first)
        value = mirrored(value, settings_.data_bits);
    if (device_)
        device_->hear(value, settings_.data_bits);
}

void SaiBlock::push(u32 value) {
    if (fifo_.size() < depth)
        fifo_.push_back(value);
}

u32 SaiBlock::take() {
    if (!fifo_.empty()) {
        last_ = fifo_.front();
        fifo_.pop_front();
    }
    return last_;
}

void SaiBlock::fields(State& state) {
    state(settings_);
    state(phase_);
    state(stopping_);
    state(clock_);
    state(frame_);
    state(frame_known_);
    state(resume_ps_);
    state(slot_);
    state.list(fifo_);
    state(missed_, no_slot);
    state(missed_in_frame_);
    state(mute_);
    state(repeats_);
    state(muted_);
    state(silent_, true);
    state(mute_frames_);
    state(silent_frames_);
    state(last_);
    state(sent_);
}

} // namespace tinysim
