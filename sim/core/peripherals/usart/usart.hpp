#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"
#include "serial_device.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace tinysim {

/// USART and LPUART (RM0432 sections 50 and 51), with the wire to the host at its pins.
///
/// What the firmware sends takes its time on the wire. What the host sends is there as soon
/// as the receiver is ready for it: at once when the firmware polls, a short gap after the
/// last byte when it receives by interrupt or by DMA. A byte is therefore never lost. The line is
/// idle, and a receiver's time-out begins, when the host has no more to send. `paced` makes the
/// line a real one: bytes come at its rate, and what finds no room is lost.
class Usart final : public RegisterBlock {
public:
    explicit Usart(const Site& site);

    bool is_volatile(u32 offset) const override;
    void on_due() override;
    void after_clock_change() override;
    int output(const std::string& name) const override;

    bool attach(Peripheral& device, u32) override {
        device_ = dynamic_cast<SerialDevice*>(&device);
        return device_ != nullptr;
    }

    void host_sends(const u8* data, std::size_t size);
    std::size_t host_pending() const { return incoming_.size(); }
    std::string host_takes() { return std::exchange(sent_, {}); }
    u32 baud() const;
    bool paced = false;
    /// A byte has left for the host; the firmware had written it to TDR at that moment.
    std::function<void(u8, Moment)> on_sent = [](u8, Moment) {};
    /// A byte has come from the host.
    std::function<void(u8)> on_received = [](u8) {};

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override {
        may_ask_dma_ = true;
        update();
    }
    void after_load() override { may_ask_dma_ = true; }

private:
    enum Output : int { irq, dma_rx, dma_tx };
    struct Outgoing {
        u64 byte; ///< wide, so that a snapshot has no padding
        Moment written;
    };

    bool receiving() const;
    bool transmitting() const;
    std::size_t depth() const;
    Cycles bit_cycles(u32 bits) const;
    Cycles frame_cycles() const;
    u8 on_line(u32 byte) const;
    bool is_awake() const;
    bool takes_unasked() const;
    void take(u8 byte);
    u32 status() const;
    bool asks_for_interrupt(u32 flags) const;
    void receive();
    void transmit_next();
    void update();

    const Clocks& clocks_;
    const bool low_power_;
    SerialDevice* device_ = nullptr;
    bool complete_ = true;    ///< ISR.TC
    std::deque<u8> received_; ///< RDR, or the FIFO before it
    u8 last_received_ = 0;
    std::deque<Outgoing> to_send_;    ///< TDR, or the FIFO behind it
    std::optional<Outgoing> on_wire_; ///< the shift register
    Cycles wire_free_ = never;        ///< when it is empty
    Cycles next_arrival_ = never;
    Cycles line_idle_ = never; ///< when the line will have been idle for a frame
    Cycles timed_out_ = never; ///< when it will have been for RTOR's bits
    bool may_ask_dma_ = true;  ///< a request may be high
    bool is_frozen_ = false;   ///< with a frame under way
    Cycles wire_left_ = 0;     ///< of it
    u32 flags_ = 0;            ///< of ISR, cleared by ICR
    std::deque<u8> incoming_;
    std::string sent_;
    static constexpr std::size_t most_waiting = 1u << 22; ///< bytes that nobody has taken
};

} // namespace tinysim
