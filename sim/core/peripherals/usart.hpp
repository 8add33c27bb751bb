#pragma once

#include "registry.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace tinysim {

/// USART and LPUART (RM0432 sections 50 and 51), with the wire to the host at its pins.
///
/// What the firmware sends takes its time on the wire. What the host sends is there as soon
/// as the receiver is ready for it: at once when the firmware polls, a short gap after the
/// last byte when it receives by interrupt. A byte is therefore never lost.
class Usart final : public Peripheral {
public:
    explicit Usart(const Site& site);

    u32 read(u32 offset) override;
    void write(u32 offset, u32 value) override;
    bool is_volatile(u32 offset) const override;
    void on_due() override;

    void host_sends(const u8* data, std::size_t size);
    std::size_t host_pending() const { return incoming_.size(); }
    std::string host_takes() { return std::exchange(sent_, {}); }
    u32 baud() const;
    /// A byte has left for the host; the firmware had written it to TDR at that moment.
    std::function<void(u8, Moment)> on_sent = [](u8, Moment) {};

protected:
    void fields(State& state) override;
    void after_reset() override { drive(0, false); }
    u32 merge_base(u32 offset) override;

private:
    struct Outgoing {
        u64 byte; ///< wide, so that a snapshot has no padding
        Moment written;
    };

    bool receiving() const;
    bool transmitting() const;
    std::size_t depth() const;
    Cycles frame_cycles() const;
    u32 status() const;
    void receive();
    void transmit_next();
    void update();

    const Clocks& clocks_;
    const bool low_power_;
    u32 cr1_ = 0, cr2_ = 0, cr3_ = 0, brr_ = 0, presc_ = 0, gtpr_ = 0, rtor_ = 0;
    bool complete_ = true;       ///< ISR.TC
    std::optional<u8> received_; ///< RDR, with ISR.RXNE
    u8 last_received_ = 0;
    std::deque<Outgoing> to_send_;    ///< TDR, or the FIFO behind it
    std::optional<Outgoing> on_wire_; ///< the shift register
    Cycles wire_free_ = never;        ///< when it is empty
    Cycles next_arrival_ = never;
    std::deque<u8> incoming_;
    std::string sent_;
    static constexpr std::size_t most_waiting = 1u << 22; ///< bytes that nobody has taken
};

} // namespace tinysim
