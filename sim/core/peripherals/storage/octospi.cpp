#include "../register_block.hpp"
#include "../registry.hpp"
#include "octospi_registers.hpp"

#include <algorithm>
#include <deque>

namespace tinysim {
namespace {

using namespace octospi;

constexpr u32 cr_en = 1u << 0, cr_abort = 1u << 1, cr_dmaen = 1u << 2, cr_teie = 1u << 16,
              cr_tcie = 1u << 17, cr_ftie = 1u << 18, cr_smie = 1u << 19, cr_apms = 1u << 22,
              cr_pmm = 1u << 23;
constexpr u32 sr_tef = 1u << 0, sr_tcf = 1u << 1, sr_ftf = 1u << 2, sr_smf = 1u << 3,
              sr_busy = 1u << 5;
constexpr u32 clearable = sr_tef | sr_tcf | sr_smf;
enum Mode : u32 { writes, reads, polls, mapped };

constexpr std::size_t fifo_bytes = 32;
constexpr u64 endless = 0xFFFFFFFF; ///< DLR

/// OCTOSPI (RM0432, OCTOSPI) with nothing on its lines, which are low then: what it sends is lost,
/// and it reads zeroes. Outputs: interrupt, DMA request.
class Octospi final : public RegisterBlock {
public:
    explicit Octospi(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}
    int output(const std::string& wire) const override { return wire == "dma" ? 1 : 0; }
    bool is_volatile(u32 offset) const override { return offset == dr; }
    void on_due() override {
        schedule(never);
        if (mode() == polls)
            poll();
        else
            move();
        update();
    }
    u32 read_part(u32 offset, unsigned size) override {
        return (offset & ~3u) == dr ? take(size) : Peripheral::read_part(offset, size);
    }
    void write_part(u32 offset, u32 value, unsigned size) override {
        if ((offset & ~3u) != dr)
            return Peripheral::write_part(offset, value, size);
        put(value, size);
    }

protected:
    u32 reading(u32 offset) override {
        if (offset == sr)
            return flags();
        return offset == dr ? take(4) : at(offset);
    }
    bool writing(u32 offset, u32&) override {
        // What describes a command stands while one is under way.
        return offset == cr || offset == fcr || offset == dr || !is_busy();
    }
    void written(u32 offset, u32 value) override {
        const bool addressed = phase_mode(8) != 0;
        const bool sends = mode() == writes && phase_mode(24) != 0;
        if (offset == cr && ((value & cr_abort) != 0 || !has(cr, cr_en)))
            abort((value & cr_abort) != 0);
        else if (offset == cr && running_ && mode() == polls && due == never)
            wait(header_clocks()); // PMM may have changed
        else if (offset == fcr)
            at(sr) &= ~(value & clearable);
        else if (offset == dr)
            put(value, 4);
        else if ((offset == ir && !addressed && !sends) || (offset == ar && addressed && !sends))
            begin();
        update();
    }
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(running_);
        state(heading_);
        state(left_);
        state.list(fifo_);
    }

private:
    u32 mode() const { return bits<29, 28>(at(cr)); }
    u32 phase_mode(u32 low) const { return at(ccr) >> low & 7; }
    bool is_busy() const { return running_ || (mode() == reads && !fifo_.empty()); }
    /// Clocks that so many bits take in a phase whose field of CCR begins at `low`.
    u64 phase_clocks(u64 count, u32 low) const {
        static constexpr u32 lines[8] = {0, 1, 2, 4, 8, 0, 0, 0};
        const u32 wide = lines[phase_mode(low)] << (at(ccr) >> (low + 3) & 1);
        return wide == 0 ? 0 : (count + wide - 1) / wide;
    }
    u64 header_clocks() const {
        const u32 sizes = at(ccr);
        return phase_clocks(8 * ((sizes >> 4 & 3) + 1), 0) +
               phase_clocks(8 * ((sizes >> 12 & 3) + 1), 8) +
               phase_clocks(8 * ((sizes >> 20 & 3) + 1), 16) + (at(tcr) & 31);
    }
    void wait(u64 line_clocks) {
        const u64 clock = clocks_.octospi_clock();
        if (clock == 0)
            return schedule(never);
        const u64 kernel = line_clocks * ((at(dcr2) & 0xFF) + 1);
        const auto cycles = static_cast<unsigned __int128>(kernel) * clocks_.hclk() / clock;
        schedule(around.now() + std::max<u64>(static_cast<u64>(cycles), 1));
    }
    void begin() {
        if (!has(cr, cr_en) || running_ || mode() == mapped)
            return;
        const u32 device_bits = bits<20, 16>(at(dcr1)) + 1;
        if (phase_mode(8) != 0 && device_bits < 32 && at(ar) >> device_bits != 0) {
            at(sr) |= sr_tef;
            return;
        }
        running_ = heading_ = true;
        left_ = phase_mode(24) == 0 ? 0 : at(dlr) == endless ? never : u64{at(dlr)} + 1;
        wait(header_clocks() + (mode() == polls ? phase_clocks(8 * left_, 24) : 0));
    }
    /// The status that was read is compared. Without a match it is read again, which is left out
    /// here, as it stays what it is.
    void poll() {
        const u32 care = at(psmkr);
        const bool matches = has(cr, cr_pmm) ? (~at(psmar) & care) != 0 // any of the bits
                                             : (at(psmar) & care) == 0;
        if (matches)
            at(sr) |= sr_smf;
        running_ = !matches || !has(cr, cr_apms);
        if (matches && running_)
            wait(header_clocks() + phase_clocks(8 * left_, 24) + (at(pir) & 0xFFFF));
    }
    /// The next byte has gone over the line, or the phases before the data have.
    void move() {
        if (!heading_ && left_ != 0) {
            if (mode() == reads)
                fifo_.push_back(0);
            else if (!fifo_.empty())
                fifo_.pop_front();
            left_ -= left_ == never ? 0 : 1;
        }
        heading_ = false;
        if (left_ == 0) {
            running_ = false;
            at(sr) |= sr_tcf;
            return;
        }
        go_on();
    }
    /// The clock stands while the FIFO has no room, or nothing to send.
    void go_on() {
        const bool can = mode() == reads ? fifo_.size() < fifo_bytes : !fifo_.empty();
        if (running_ && !heading_ && due == never && mode() != polls && can)
            wait(phase_clocks(8, 24));
    }
    void put(u32 value, unsigned size) {
        for (; size != 0 && fifo_.size() < fifo_bytes; --size, value >>= 8)
            fifo_.push_back(static_cast<u8>(value));
        if (mode() == writes && phase_mode(24) != 0)
            begin();
        go_on();
        update();
    }
    u32 take(unsigned size) {
        u32 value = 0;
        for (unsigned i = 0; i < size && !fifo_.empty(); ++i, fifo_.pop_front())
            value |= u32{fifo_.front()} << 8 * i;
        go_on();
        update();
        return value;
    }
    void abort(bool asked) {
        if (asked && is_busy())
            at(sr) |= sr_tcf;
        running_ = false;
        fifo_.clear();
        schedule(never);
    }
    u32 flags() const {
        const std::size_t threshold = bits<12, 8>(at(cr)) + 1;
        const std::size_t ready = mode() == writes ? fifo_bytes - fifo_.size() : fifo_.size();
        const bool rest = mode() == reads && !running_ && !fifo_.empty();
        const bool reached = has(cr, cr_en) && (ready >= threshold || rest);
        return at(sr) | (reached ? sr_ftf : 0) | (is_busy() ? sr_busy : 0) |
               static_cast<u32>(fifo_.size()) << 8;
    }
    void update() {
        const u32 now = flags();
        const u32 enables = at(cr);
        drive(0, ((now & sr_tef) != 0 && (enables & cr_teie) != 0) ||
                     ((now & sr_tcf) != 0 && (enables & cr_tcie) != 0) ||
                     ((now & sr_ftf) != 0 && (enables & cr_ftie) != 0) ||
                     ((now & sr_smf) != 0 && (enables & cr_smie) != 0));
        drive(1, (enables & cr_dmaen) != 0 && (now & sr_ftf) != 0 && is_busy());
    }

    const Clocks& clocks_;
    bool running_ = false;
    bool heading_ = false; ///< instruction, address, alternate bytes and dummy cycles
    u64 left_ = 0;         ///< bytes of data
    std::deque<u8> fifo_;
};

const Registered model{"SPI.STM32_OCTOSPI", make<Octospi>};

} // namespace
} // namespace tinysim
