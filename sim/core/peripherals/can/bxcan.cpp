#include "../register_block.hpp"
#include "../registry.hpp"
#include "can_filters.hpp"
#include "can_frame.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace tinysim {
namespace {

using namespace can;

constexpr u32 mcr_inrq = 1u << 0;
constexpr u32 mcr_sleep = 1u << 1;
constexpr u32 mcr_txfp = 1u << 2;
constexpr u32 mcr_rflm = 1u << 3;
constexpr u32 mcr_nart = 1u << 4;
constexpr u32 mcr_reset = 1u << 15;
constexpr u32 mcr_after_reset = 0x00010002;
constexpr u32 msr_inak = 1u << 0;
constexpr u32 msr_slak = 1u << 1;
constexpr u32 msr_erri = 1u << 2;
constexpr u32 msr_slaki = 1u << 4;
constexpr u32 msr_txm = 1u << 8;
/// In TSR, of a mailbox.
constexpr u32 rqcp = 1u << 0, txok = 1u << 1, terr = 1u << 3, abrq = 1u << 7, outcome = 0xF;
constexpr u32 tsr_outcomes = 0x000F0F0F;
/// In RF0R and RF1R; in IER the enables of both lie three bits apart.
constexpr u32 full = 1u << 3, fovr = 1u << 4, rfom = 1u << 5;
constexpr u32 ier_tmeie = 1u << 0, ier_fmpie = 1u << 1, ier_ffie = 1u << 2, ier_fovie = 1u << 3;
constexpr u32 ier_ewgie = 1u << 8, ier_epvie = 1u << 9, ier_lecie = 1u << 11, ier_errie = 1u << 15,
              ier_slkie = 1u << 17;
constexpr u32 esr_ewgf = 1u << 0, esr_epvf = 1u << 1, esr_lec = 7u << 4;
constexpr u32 lec_acknowledgement = 3u << 4;
constexpr u32 btr_lbkm = 1u << 30, btr_silm = 1u << 31;
constexpr u32 tir_txrq = 1u << 0;
constexpr u32 fmr_finit = 1u << 0;

constexpr u32 bits_to_synchronise = 11;
constexpr std::size_t fifo_depth = 3;
constexpr u32 warning_level = 96, passive_level = 128;

/// Basic extended CAN (RM0432, bxCAN), alone on its line: in loop-back mode it hears itself, else
/// nobody acknowledges what it sends, which it counts as errors and repeats. Outputs: the
/// interrupts TX, RX0, RX1 and SCE.
class BxCan final : public RegisterBlock {
public:
    explicit BxCan(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}
    void on_due() override;

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(mode_);
        state(event_);
        state(sending_);
        state(requests_);
        state(asked_);
        for (auto& fifo : received_)
            state.list(fifo);
    }

private:
    enum class Mode : u8 { sleeps, initialises, runs };
    enum class Event : u8 { none, synchronised, sent };
    struct Received {
        std::array<u32, 4> words{};
    };

    static constexpr u32 mailbox(u32 number) { return first_mailbox + number * mailbox_size; }
    bool is_pending(u32 number) const { return has(mailbox(number), tir_txrq); }
    Cycles line_time(u32 bits) const {
        const u32 timing = at(btr);
        const u32 quanta = 3 + (timing >> 16 & 15) + (timing >> 20 & 7);
        return Cycles{bits} * ((timing & 0x3FF) + 1) * quanta * clocks_.apb_divider(name);
    }
    void expect(Event event, u32 bits) {
        event_ = event;
        schedule(event == Event::none ? never : around.now() + line_time(bits));
    }
    CanFrame frame(u32 number) const {
        const u32 base = mailbox(number);
        return {at(base) & ~tir_txrq, at(base + 4) & 15, at(base + 8), at(base + 12)};
    }
    u32 first_pending() const;
    u32 status() const;
    void change_mode();
    void send();
    void end_of_frame();
    void unanswered(u32 number);
    void finish(u32 number, u32 flags);
    void receive(const CanFrame& frame);
    void update();

    const Clocks& clocks_;
    Mode mode_ = Mode::sleeps;
    Event event_ = Event::none;
    u32 sending_ = mailboxes;            ///< none
    u32 requests_ = 0;                   ///< so many were made
    std::array<u32, mailboxes> asked_{}; ///< which of them a mailbox's was
    std::array<std::deque<Received>, fifos> received_;
};

/// The mailbox that is sent first: with TXFP the oldest, else that of the lowest identifier.
u32 BxCan::first_pending() const {
    const auto rank = [this](u32 number) {
        // An extended identifier's first bits decide before its length does.
        return has(mcr, mcr_txfp) ? asked_[number] : at(mailbox(number)) & ~tir_txrq;
    };
    u32 chosen = mailboxes;
    for (u32 number = 0; number < mailboxes; ++number)
        if (is_pending(number) && (chosen == mailboxes || rank(number) < rank(chosen)))
            chosen = number;
    return chosen;
}

u32 BxCan::status() const {
    u32 value = at(tsr) & tsr_outcomes;
    u32 pending = 0;
    for (u32 number = 0; number < mailboxes; ++number) {
        value |= is_pending(number) ? 0 : 1u << (26 + number);
        pending += is_pending(number) ? 1 : 0;
    }
    const u32 first = first_pending();
    if (pending > 1)
        value |= 1u << (29 + first);
    for (u32 number = mailboxes; number-- != 0;)
        if (pending == mailboxes ? number != first : !is_pending(number))
            value = (value & ~(3u << 24)) | number << 24;
    return value;
}

u32 BxCan::reading(u32 offset) {
    if (offset == tsr)
        return status();
    if (offset == rf0r || offset == rf1r)
        return at(offset) | static_cast<u32>(received_[(offset - rf0r) / 4].size());
    if (offset < first_fifo || offset >= first_fifo + fifos * mailbox_size)
        return at(offset);
    const u32 place = offset - first_fifo;
    const auto& fifo = received_[place / mailbox_size];
    if (!fifo.empty())
        at(offset) = fifo.front().words[place % mailbox_size / 4];
    return at(offset);
}

bool BxCan::writing(u32 offset, u32&) {
    if (offset == btr)
        return mode_ == Mode::initialises;
    if (offset >= first_mailbox && offset < first_fifo)
        return !is_pending((offset - first_mailbox) / mailbox_size);
    if (offset == fm1r || offset == fs1r || offset == ffa1r)
        return has(fmr, fmr_finit);
    if (offset >= first_filter)
        return has(fmr, fmr_finit) || !has(fa1r, 1u << (offset - first_filter) / filter_size);
    return true;
}

void BxCan::written(u32 offset, u32 value) {
    switch (offset) {
    case mcr:
        if ((value & mcr_reset) != 0) {
            at(mcr) = mcr_after_reset;
            for (auto& fifo : received_)
                fifo.clear();
            sending_ = mailboxes;
            mode_ = Mode::sleeps;
            expect(Event::none, 0);
        }
        change_mode();
        break;
    case tsr:
        for (u32 number = 0; number < mailboxes; ++number)
            if ((value >> 8 * number & rqcp) != 0)
                at(tsr) &= ~(outcome << 8 * number);
        for (u32 number = 0; number < mailboxes; ++number)
            if ((value >> 8 * number & abrq) != 0 && is_pending(number) && number != sending_)
                finish(number, 0);
        if (sending_ != mailboxes && (value >> 8 * sending_ & abrq) != 0)
            at(tsr) |= abrq << 8 * sending_;
        break;
    case rf0r:
    case rf1r: {
        auto& fifo = received_[(offset - rf0r) / 4];
        if ((value & rfom) != 0 && !fifo.empty())
            fifo.pop_front();
        break;
    }
    default:
        if (offset >= first_mailbox && offset < first_fifo && offset % mailbox_size == 0 &&
            has(offset, tir_txrq)) {
            const u32 number = (offset - first_mailbox) / mailbox_size;
            asked_[number] = requests_++;
            at(tsr) &= ~(outcome << 8 * number);
        }
        break;
    }
    send();
    update();
}

/// Between sleeping, initialisation and normal operation, which begins when the line has been
/// recessive for eleven bits.
void BxCan::change_mode() {
    const bool initialise = has(mcr, mcr_inrq);
    const bool sleep = has(mcr, mcr_sleep);
    if (event_ == Event::sent)
        return; // what is being sent comes first
    if (mode_ == Mode::runs && initialise) {
        mode_ = Mode::initialises;
    } else if (sleep && (mode_ == Mode::runs || (mode_ == Mode::initialises && !initialise))) {
        mode_ = Mode::sleeps;
        if (has(ier, ier_slkie))
            at(msr) |= msr_slaki;
    } else if (mode_ == Mode::sleeps && initialise) { // ST's drivers clear SLEEP only then
        mode_ = Mode::initialises;
    }
    const bool leaves = mode_ != Mode::runs && !initialise && !sleep;
    if (leaves && event_ == Event::none)
        expect(Event::synchronised, bits_to_synchronise);
    else if (!leaves && event_ == Event::synchronised)
        expect(Event::none, 0);
}

void BxCan::on_due() {
    const Event event = event_;
    expect(Event::none, 0);
    if (event == Event::synchronised)
        mode_ = Mode::runs;
    else if (event == Event::sent)
        end_of_frame();
    change_mode();
    send();
    update();
}

void BxCan::send() {
    const bool silent = has(btr, btr_silm) && !has(btr, btr_lbkm);
    if (mode_ != Mode::runs || event_ != Event::none || silent)
        return;
    sending_ = first_pending();
    if (sending_ != mailboxes)
        expect(Event::sent, frame(sending_).line_bits());
}

void BxCan::end_of_frame() {
    const u32 number = std::exchange(sending_, mailboxes);
    if (number == mailboxes)
        return;
    if (!has(btr, btr_lbkm))
        return unanswered(number);
    at(esr) &= ~esr_lec;
    receive(frame(number));
    finish(number, txok);
}

/// A frame without an acknowledgement. A passive node's error count does not grow by that.
void BxCan::unanswered(u32 number) {
    const u32 before = at(esr);
    u32 errors = before >> 16 & 0xFF;
    if (errors < passive_level)
        errors += 8;
    at(esr) = (before & ~(esr_lec | 0xFFu << 16 | esr_ewgf | esr_epvf)) | lec_acknowledgement |
              errors << 16 | (errors >= warning_level ? esr_ewgf : 0) |
              (errors >= passive_level ? esr_epvf : 0);
    const u32 risen = at(esr) & ~before;
    if (has(ier, ier_lecie) || ((risen & esr_ewgf) != 0 && has(ier, ier_ewgie)) ||
        ((risen & esr_epvf) != 0 && has(ier, ier_epvie)))
        at(msr) |= msr_erri;
    if (has(mcr, mcr_nart))
        finish(number, terr);
    else if ((at(tsr) >> 8 * number & abrq) != 0)
        finish(number, 0);
}

void BxCan::finish(u32 number, u32 flags) {
    at(mailbox(number)) &= ~tir_txrq;
    at(tsr) = (at(tsr) & ~((outcome | abrq) << 8 * number)) | (rqcp | flags) << 8 * number;
}

void BxCan::receive(const CanFrame& frame) {
    if (has(fmr, fmr_finit))
        return;
    Filters filters{.list = at(fm1r),
                    .wide = at(fs1r),
                    .second_fifo = at(ffa1r),
                    .active = at(fa1r),
                    .banks = {}};
    for (u32 i = 0; i < can::filters; ++i)
        filters.banks[i] = {at(first_filter + filter_size * i),
                            at(first_filter + filter_size * i + 4)};
    const auto match = filters.find(frame.identifier);
    if (!match)
        return;
    auto& fifo = received_[match->fifo];
    u32& state = at(rf0r + 4 * match->fifo);
    const Received entry{
        {frame.identifier, frame.length | match->index << 8, frame.low, frame.high}};
    if (fifo.size() == fifo_depth) {
        state |= fovr;
        if (!has(mcr, mcr_rflm))
            fifo.back() = entry;
        return;
    }
    fifo.push_back(entry);
    if (fifo.size() == fifo_depth)
        state |= full;
}

void BxCan::update() {
    u32& state = at(msr);
    state &= ~(msr_inak | msr_slak | msr_txm);
    state |= mode_ == Mode::initialises ? msr_inak : mode_ == Mode::sleeps ? msr_slak : 0;
    state |= event_ == Event::sent ? msr_txm : 0;
    drive(0, has(ier, ier_tmeie) && (at(tsr) & (rqcp | rqcp << 8 | rqcp << 16)) != 0);
    for (u32 fifo = 0; fifo < fifos; ++fifo) {
        const u32 enables = at(ier) >> 3 * fifo;
        drive(1 + static_cast<int>(fifo),
              ((enables & ier_fmpie) != 0 && !received_[fifo].empty()) ||
                  ((enables & ier_ffie) != 0 && has(rf0r + 4 * fifo, full)) ||
                  ((enables & ier_fovie) != 0 && has(rf0r + 4 * fifo, fovr)));
    }
    drive(3, (has(ier, ier_errie) && has(msr, msr_erri)) ||
                 (has(ier, ier_slkie) && has(msr, msr_slaki)));
}

const Registered model{"CAN.STMCAN", make<BxCan>};

} // namespace
} // namespace tinysim
