#include "../../memory/bus.hpp"
#include "../register_block.hpp"
#include "../registry.hpp"
#include "dma2d_registers.hpp"
#include "pixel_formats.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using namespace dma2d;
using namespace pixels;

constexpr u32 cr_start = 1u << 0, cr_susp = 1u << 1, cr_abort = 1u << 2, cr_lom = 1u << 6;
/// In ISR and IFCR, and eight bits further the enables in CR.
constexpr u32 teif = 1u << 0, tcif = 1u << 1, twif = 1u << 2, ctcif = 1u << 4, ceif = 1u << 5;
constexpr u32 pfc_ccm = 1u << 4, pfc_start = 1u << 5, pfc_ai = 1u << 20, pfc_rbs = 1u << 21;
constexpr u32 opfccr_sb = 1u << 8;
enum Mode : u32 { copies, converts, blends, fills, blends_fixed_front, blends_fixed_back, modes };

void swap_red_and_blue(Color& color) { std::swap(color.red, color.blue); }

/// Chrom-ART accelerator (RM0432, DMA2D): a bus master that fills, copies, converts and blends
/// rectangles of pixels, a line at a time. A word takes a cycle to be read or written; waits of
/// the memories and of the core's accesses are not added.
class Dma2d final : public RegisterBlock {
public:
    explicit Dma2d(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    u32 size() const override { return 0x1000; }
    void on_due() override {
        schedule(never);
        if (!has(cr, cr_start) || has(cr, cr_susp))
            return;
        if (!draw_line())
            return stop(teif);
        if (line_ == (at(lwr) & 0xFFFF))
            at(isr) |= twif;
        if (++line_ == lines())
            return stop(tcif);
        plan();
        update();
    }

protected:
    bool writing(u32 offset, u32&) override {
        return offset == cr || offset == ifcr || offset == lwr || !has(cr, cr_start);
    }
    void written(u32 offset, u32 value) override {
        if (offset == ifcr)
            at(isr) &= ~value;
        if ((offset == fgpfccr || offset == bgpfccr) && has(offset, pfc_start))
            load_palette(offset);
        if (offset == cr && (value & cr_abort) != 0)
            stop(0);
        else if (offset == cr && has(cr, cr_start) && due == never)
            begin();
        update();
    }
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(line_);
        state(drawing_);
    }

private:
    /// A rectangle in memory.
    struct Plane {
        u32 address_register, offset_register, bits;
    };

    u32 mode() const { return bits<18, 16>(at(cr)); }
    u32 lines() const { return at(nlr) & 0xFFFF; }
    u32 width() const { return bits<29, 16>(at(nlr)); }
    static Format format(u32 control) {
        return static_cast<Format>(std::min(control & 15, formats - 1));
    }
    Format output() const {
        return static_cast<Format>(std::min(at(opfccr) & 7, written_formats - 1));
    }
    bool reads_front() const { return mode() != fills && mode() != blends_fixed_front; }
    bool reads_back() const { return mode() == blends || mode() == blends_fixed_front; }
    Plane front() const { return {fgmar, fgor, bits_a_pixel(format(at(fgpfccr)))}; }
    Plane back() const { return {bgmar, bgor, bits_a_pixel(format(at(bgpfccr)))}; }
    Plane target() const {
        return {omar, oor, mode() == copies ? front().bits : bits_a_pixel(output())};
    }
    /// The place of a pixel in the present line, in bits from the plane's address.
    u64 place(const Plane& plane, u32 pixel) const {
        const u64 unit = has(cr, cr_lom) ? 8 : plane.bits;
        return u64{line_} * (u64{width()} * plane.bits + at(plane.offset_register) * unit) +
               u64{pixel} * plane.bits;
    }
    bool is_aligned(const Plane& plane) const {
        const u32 bytes = plane.bits == 32 ? 4 : plane.bits == 16 ? 2 : 1;
        return at(plane.address_register) % bytes == 0 && (plane.bits != 4 || width() % 2 == 0);
    }
    bool is_possible() const {
        return mode() < modes && lines() != 0 && width() != 0 &&
               (!reads_front() || ((at(fgpfccr) & 15) < formats && is_aligned(front()))) &&
               (!reads_back() || ((at(bgpfccr) & 15) < formats && is_aligned(back()))) &&
               (mode() == copies || (at(opfccr) & 7) < written_formats) && is_aligned(target());
    }
    void begin() {
        if (!drawing_) {
            if (!is_possible())
                return stop(ceif);
            drawing_ = true;
            line_ = 0;
        }
        if (!has(cr, cr_susp))
            plan();
    }
    void plan() {
        const u64 moved =
            target().bits + (reads_front() ? front().bits : 0) + (reads_back() ? back().bits : 0);
        const u64 words = (moved * width() + 31) / 32;
        const u64 dead = bit<0>(at(amtcr)) ? at(amtcr) >> 8 & 0xFF : 0;
        schedule(around.now() + words * (1 + dead));
    }
    void stop(u32 flags) {
        at(cr) &= ~cr_start;
        at(isr) |= flags;
        drawing_ = false;
        schedule(never);
        update();
    }

    bool load(const Plane& plane, u32 pixel, u32& value) {
        const u64 first = place(plane, pixel);
        const u32 address = at(plane.address_register) + static_cast<u32>(first / 8);
        value = 0;
        for (u32 byte = 0; byte < (plane.bits + 7) / 8; ++byte) {
            u32 part = 0;
            if (around.memory().read(address + byte, 1, part) != Access::ok)
                return false;
            value |= part << 8 * byte;
        }
        if (plane.bits == 4)
            value = value >> first % 8 & 15;
        return true;
    }
    bool store(const Plane& plane, u32 pixel, u32 value) {
        const u64 first = place(plane, pixel);
        const u32 address = at(plane.address_register) + static_cast<u32>(first / 8);
        Bus& bus = around.memory();
        if (plane.bits == 4) {
            u32 other = 0;
            if (bus.read(address, 1, other) != Access::ok)
                return false;
            const u32 shift = first % 8;
            value = (other & ~(15u << shift)) | value << shift;
        }
        for (u32 byte = 0; byte < (plane.bits + 7) / 8; ++byte)
            if (bus.write(address + byte, 1, value >> 8 * byte & 0xFF) != Access::ok)
                return false;
        return true;
    }

    Color plain(u32 offset) const {
        const u32 color = at(offset);
        return {0xFF, color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF};
    }
    Palette palette(u32 control, u32 clut) const {
        Palette colors;
        const Format form = has(control, pfc_ccm) ? Format::rgb888 : Format::argb8888;
        for (u32 i = 0; i < clut_entries; ++i)
            colors[i] = decode(form, at(clut + 4 * i), {}, {});
        return colors;
    }
    /// What AI, AM and RBS make of a color. AI inverts ALPHA too.
    Color modify(Color color, u32 control) const {
        const bool inverts = (control & pfc_ai) != 0;
        const u32 constant = inverts ? 0xFF - (control >> 24) : control >> 24;
        if (inverts)
            color.alpha = 0xFF - color.alpha;
        if (bits<17, 16>(control) == 1)
            color.alpha = constant;
        else if (bits<17, 16>(control) == 2)
            color.alpha = color.alpha * constant / 255;
        if ((control & pfc_rbs) != 0)
            swap_red_and_blue(color);
        return color;
    }
    u32 finish(Color color) const {
        if (has(opfccr, pfc_ai))
            color.alpha = 0xFF - color.alpha;
        if (has(opfccr, pfc_rbs))
            swap_red_and_blue(color);
        u32 value = encode(output(), color);
        if (has(opfccr, opfccr_sb)) // bytes two by two
            value = (value & 0x00FF00FF) << 8 | (value >> 8 & 0x00FF00FF);
        return value;
    }
    bool draw_line();
    void load_palette(u32 control);
    void update() { drive(0, (at(isr) & at(cr) >> 8) != 0); }

    u32 line_ = 0;
    bool drawing_ = false;
};

/// False if no memory answers.
bool Dma2d::draw_line() {
    const Palette front_colors = palette(fgpfccr, fgclut);
    const Palette back_colors = palette(bgpfccr, bgclut);
    for (u32 pixel = 0; pixel < width(); ++pixel) {
        u32 in_front = 0;
        u32 behind = 0;
        if ((reads_front() && !load(front(), pixel, in_front)) ||
            (reads_back() && !load(back(), pixel, behind)))
            return false;
        u32 value = mode() == fills ? at(ocolr) : in_front;
        if (mode() != fills && mode() != copies) {
            Color color = plain(fgcolr);
            if (reads_front())
                color = decode(format(at(fgpfccr)), in_front, front_colors, color);
            color = modify(color, at(fgpfccr));
            if (mode() != converts) {
                Color under = plain(bgcolr);
                if (reads_back())
                    under = decode(format(at(bgpfccr)), behind, back_colors, under);
                color = blend(color, modify(under, at(bgpfccr)));
            }
            value = finish(color);
        }
        if (!store(target(), pixel, value))
            return false;
    }
    return true;
}

/// Copies CS + 1 colors at once.
void Dma2d::load_palette(u32 control) {
    const bool is_front = control == fgpfccr;
    const u32 bytes = has(control, pfc_ccm) ? 3 : 4;
    u32 address = at(is_front ? fgcmar : bgcmar);
    at(control) &= ~pfc_start;
    for (u32 i = 0; i <= bits<15, 8>(at(control)); ++i) {
        u32 color = 0;
        for (u32 byte = 0; byte < bytes; ++byte, ++address) {
            u32 part = 0;
            if (around.memory().read(address, 1, part) != Access::ok) {
                at(isr) |= teif;
                return;
            }
            color |= part << 8 * byte;
        }
        at((is_front ? fgclut : bgclut) + 4 * i) = color;
    }
    at(isr) |= ctcif;
}

const Registered model{"Video.STM32_DMA2D", make<Dma2d>};

} // namespace
} // namespace tinysim
