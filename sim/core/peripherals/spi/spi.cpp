#include "../register_block.hpp"
#include "../registry.hpp"
#include "spi_device.hpp"
#include "spi_master.hpp"
#include "spi_registers.hpp"

#include <algorithm>
#include <deque>

namespace tinysim {
namespace {

using namespace spi;

constexpr std::size_t fifo_bytes = 4;

/// SPI (RM0432 section 52): a master on a bus of devices, or a slave of a master that is not the
/// chip's. What it sends as a master comes back where the board says `loopback: true`; else its
/// input stays low while no device is selected. As a slave it sends 0 where the firmware has
/// nothing for it. Outputs: interrupt, DMA requests to receive and to send.
class Spi final : public RegisterBlock, public SpiSlave {
public:
    explicit Spi(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks),
          loopback_(site.flag("loopback")) {}

    int output(const std::string& wire) const override {
        return wire == "dma_rx" ? 1 : wire == "dma_tx" ? 2 : 0;
    }
    bool is_volatile(u32 offset) const override { return offset == dr; }
    void on_due() override {
        schedule(never);
        complete(exchange());
        busy_ = false;
        begin();
        update();
    }
    bool attach(Peripheral& device, u32) override {
        if (auto* const target = dynamic_cast<SpiDevice*>(&device)) {
            devices_.push_back(target);
            return true;
        }
        auto* const master = dynamic_cast<SpiMaster*>(&device);
        if (master)
            master->serve(*this);
        return master != nullptr;
    }
    void selected(bool low) override { nss_low_ = low; }
    void begin_frame() override {
        const bool called = has(cr1, cr1_ssm) ? !has(cr1, cr1_ssi) : nss_low_;
        clocked_ = called && has(cr1, cr1_spe) && !has(cr1, cr1_mstr);
        if (!clocked_)
            return;
        busy_ = true;
        load_next();
        update();
    }
    u32 end_frame(u32 frame, u32 bits) override {
        if (!clocked_)
            return 0;
        clocked_ = busy_ = false;
        if (bits != frame_bits())
            around.report("spi", name + ": the master's frames are not as long as CR2.DS says", cr2,
                          false);
        complete(frame & frame_mask());
        update();
        return is_receiver_only() ? 0 : shifting_;
    }
    u32 read_part(u32 offset, unsigned size) override {
        if ((offset & ~3u) != dr)
            return Peripheral::read_part(offset, size);
        return data(has(cr2, cr2_frxth) ? 1 : size);
    }
    void write_part(u32 offset, u32 value, unsigned size) override {
        if ((offset & ~3u) != dr)
            return Peripheral::write_part(offset, value, size);
        push(value, size);
    }

protected:
    u32 reading(u32 offset) override {
        if (offset == sr)
            return status();
        // A word is as wide as FRXTH says that the firmware takes data.
        return offset == dr ? data(has(cr2, cr2_frxth) ? 1 : 2) : at(offset);
    }
    bool writing(u32 offset, u32& value) override {
        if (offset == dr) {
            push(value, 2);
            return false;
        }
        return true;
    }
    void written(u32 offset, u32) override {
        if (offset == cr1 && !has(cr1, cr1_crcen)) { // it begins anew when it is turned on
            at(rxcrcr) = at(txcrcr) = 0;
            crc_frames_ = 0;
        }
        if (has(cr1, cr1_crcen) && has(cr2, cr2_rxdmaen | cr2_txdmaen))
            around.report("spi", name + ": DMA's last frame is not followed by its CRC", cr1, true);
        if (!has(cr1, cr1_spe)) {
            to_send_.clear();
            received_.clear();
            busy_ = clocked_ = false;
            schedule(never);
        }
        begin();
        update();
    }
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state.list(to_send_);
        state.list(received_);
        state(shifting_);
        state(crc_frames_);
        state(busy_);
        state(clocked_);
        state.outside(nss_low_);
        state(overrun_read_);
    }

private:
    u32 frame_bits() const { return bits<11, 8>(at(cr2)) < 3 ? 8 : bits<11, 8>(at(cr2)) + 1; }
    u32 frame_mask() const { return (1u << frame_bits()) - 1; }
    std::size_t depth() const { return frame_bits() <= 8 ? fifo_bytes : fifo_bytes / 2; }

    /// RXONLY, or one line that is an input.
    bool is_receiver_only() const {
        return has(cr1, cr1_bidimode) ? !has(cr1, cr1_bidioe) : has(cr1, cr1_rxonly);
    }
    bool is_transmitter_only() const { return has(cr1, cr1_bidimode) && has(cr1, cr1_bidioe); }

    u32 crc_bits() const { return has(cr1, cr1_crcl) ? 16 : 8; }
    /// Frames that the CRC takes: of eight bits it takes two for one of sixteen.
    u32 crc_length() const { return frame_bits() <= 8 ? crc_bits() / 8 : 1; }
    void add_to_crc(u32 offset, u32 frame) {
        const u32 top = 1u << (crc_bits() - 1);
        const u32 mask = 2 * top - 1;
        u32 crc = at(offset);
        for (u32 bit = frame_bits(); bit-- != 0;) {
            const bool carry = ((crc & top) != 0) != ((frame >> bit & 1) != 0);
            crc = (crc << 1 ^ (carry ? at(crcpr) : 0)) & mask;
        }
        at(offset) = crc;
    }
    /// The part of a CRC that is on the line while so many of its frames are still to come.
    u32 crc_part(u32 crc) const { return crc >> (crc_frames_ - 1) * 8 & frame_mask(); }

    /// What is shifted out next: data, behind the last of them the CRC, else 0.
    void load_next() {
        shifting_ = 0;
        if (is_receiver_only())
            return;
        if (!to_send_.empty()) {
            shifting_ = to_send_.front();
            to_send_.pop_front();
            if (has(cr1, cr1_crcen))
                add_to_crc(txcrcr, shifting_);
        } else if (crc_frames_ != 0) {
            shifting_ = crc_part(at(txcrcr));
        }
    }
    /// A frame has gone over the line, and this came back.
    void complete(u32 frame) {
        if (!is_transmitter_only())
            receive(frame);
        if (!has(cr1, cr1_crcen))
            return;
        if (crc_frames_ != 0) {
            if (frame != crc_part(at(rxcrcr)) && !is_transmitter_only())
                at(sr) |= sr_crcerr;
            if (--crc_frames_ == 0)
                at(cr1) &= ~cr1_crcnext;
            return;
        }
        add_to_crc(rxcrcr, frame);
        if (has(cr1, cr1_crcnext) && to_send_.empty())
            crc_frames_ = crc_length();
    }
    u32 exchange() {
        u32 answer = loopback_ ? shifting_ : 0;
        for (SpiDevice* const device : devices_)
            if (device->is_selected())
                answer |= device->exchange(shifting_, frame_bits()) & frame_mask();
        return answer;
    }
    /// DR, read by so many bytes.
    u32 data(unsigned size) {
        if (received_.empty())
            return at(dr);
        u32 value = take();
        if (size > 1 && frame_bits() <= 8 && !received_.empty())
            value |= take() << 8;
        if (overrun_read_ && received_.empty())
            at(sr) &= ~sr_ovr;
        at(dr) = value;
        begin();
        update();
        return value;
    }
    u32 take() {
        const u32 value = received_.front();
        received_.pop_front();
        return value;
    }
    void push(u32 value, unsigned size) {
        if (!has(cr1, cr1_spe))
            return;
        const auto add = [this](u32 frame) {
            if (to_send_.size() < depth())
                to_send_.push_back(frame & frame_mask());
        };
        add(value);
        if (size > 1 && frame_bits() <= 8) // two frames packed in a half-word
            add(value >> 8);
        begin();
        update();
    }
    void receive(u32 frame) {
        if (received_.size() < depth())
            received_.push_back(frame);
        else
            at(sr) |= sr_ovr;
    }
    /// The next frame goes out, or in RXONLY only comes in.
    void begin() {
        if (busy_ || !has(cr1, cr1_spe) || !has(cr1, cr1_mstr))
            return;
        if (is_receiver_only() ? received_.size() == depth() : to_send_.empty() && crc_frames_ == 0)
            return;
        load_next();
        busy_ = true;
        const Cycles bit = Cycles{2u << bits<5, 3>(at(cr1))} * clocks_.apb_divider(name);
        schedule(around.now() + bit * frame_bits());
    }
    u32 status() {
        const std::size_t wanted = frame_bits() <= 8 && !has(cr2, cr2_frxth) ? 2 : 1;
        overrun_read_ = has(sr, sr_ovr);
        const auto level = [this](std::size_t frames) {
            return static_cast<u32>(std::min<std::size_t>(frames * (fifo_bytes / depth()), 3));
        };
        u32 value = at(sr) & ~(sr_rxne | sr_txe | sr_bsy);
        value |= received_.size() >= wanted ? sr_rxne : 0;
        value |= to_send_.size() <= depth() / 2 ? sr_txe : 0;
        value |= busy_ || (has(cr1, cr1_mstr) && !to_send_.empty()) ? sr_bsy : 0;
        return value | level(received_.size()) << 9 | level(to_send_.size()) << 11;
    }
    void update() {
        const bool overrun_read = overrun_read_;
        const u32 flags = status();
        overrun_read_ = overrun_read;
        drive(0, ((flags & sr_rxne) != 0 && has(cr2, cr2_rxneie)) ||
                     ((flags & sr_txe) != 0 && has(cr2, cr2_txeie)) ||
                     ((flags & (sr_ovr | sr_crcerr)) != 0 && has(cr2, cr2_errie)));
        drive(1, (flags & sr_rxne) != 0 && has(cr2, cr2_rxdmaen));
        drive(2, (flags & sr_txe) != 0 && has(cr2, cr2_txdmaen) && has(cr1, cr1_spe));
    }

    const Clocks& clocks_;
    const bool loopback_;
    std::vector<SpiDevice*> devices_;
    std::deque<u32> to_send_, received_; ///< frames
    u32 shifting_ = 0;
    u32 crc_frames_ = 0; ///< of the CRC, still to come
    bool busy_ = false;
    bool clocked_ = false; ///< by a master that is not the chip's
    bool nss_low_ = false;
    bool overrun_read_ = false; ///< SR has shown OVR: reading DR empty clears it
};

const Registered model{"SPI.STM32SPI", make<Spi>};

} // namespace
} // namespace tinysim
