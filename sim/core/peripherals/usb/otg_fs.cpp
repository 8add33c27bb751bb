#include "../register_block.hpp"
#include "../registry.hpp"
#include "otg_registers.hpp"

namespace tinysim {
namespace {

using namespace otg;

constexpr u32 gotgctl_bvaloen = 1u << 6, gotgctl_bvaloval = 1u << 7, gotgctl_bsvld = 1u << 19,
              gotgctl_curmod = 1u << 21;
constexpr u32 gahbcfg_gintmsk = 1u << 0;
constexpr u32 gusbcfg_fhmod = 1u << 29;
constexpr u32 grstctl_csrst = 1u << 0;
constexpr u32 gint_cmod = 1u << 0, gint_otgint = 1u << 2, gint_ginakeff = 1u << 6,
              gint_gonakeff = 1u << 7, gint_esusp = 1u << 10, gint_usbsusp = 1u << 11,
              gint_iepint = 1u << 18, gint_oepint = 1u << 19;
constexpr u32 gccfg_pwrdwn = 1u << 16;
constexpr u32 dctl_sdis = 1u << 1, dctl_ginsts = 1u << 2, dctl_gonsts = 1u << 3,
              dctl_sginak = 1u << 7, dctl_cginak = 1u << 8, dctl_sgonak = 1u << 9,
              dctl_cgonak = 1u << 10;
constexpr u32 dsts_suspsts = 1u << 0;
constexpr u32 ep_naksts = 1u << 17, ep_cnak = 1u << 26, ep_snak = 1u << 27, ep_epdis = 1u << 30,
              ep_epena = 1u << 31;
constexpr u32 int_epdisd = 1u << 1, int_txfe = 1u << 7;

constexpr u64 idle_until_suspend_ps = 3'000'000'000; ///< USB 2.0, 7.1.7.6

/// USB on-the-go, full speed (RM0432, OTG_FS), with nothing in its connector: a device stack comes
/// up and waits for a host, a host stack waits for a device. A device that takes its session for
/// valid without VBUS (BVALOVAL) and pulls its line up sees an idle bus, and is suspended.
class OtgFs final : public RegisterBlock {
public:
    explicit OtgFs(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
    u32 size() const override { return 0x40000; }
    void on_due() override {
        schedule(never);
        suspend_ps_ = never;
        at(dsts) |= dsts_suspsts;
        at(gintsts) |= gint_esusp | gint_usbsusp;
        update();
    }
    void after_clock_change() override { plan(); }

protected:
    u32 reading(u32 offset) override {
        const bool host = has(gusbcfg, gusbcfg_fhmod);
        switch (offset) {
        case gotgctl:
            return at(offset) | (session_is_valid() ? gotgctl_bsvld : 0) |
                   (host ? gotgctl_curmod : 0);
        case gintsts:
            return flags();
        case daint:
            return endpoints_asking();
        default:
            return at(offset);
        }
    }
    void written(u32 offset, u32 value) override {
        if (offset == grstctl && (value & grstctl_csrst) != 0)
            return reset_core();
        if (offset == dctl) {
            if ((value & (dctl_sginak | dctl_cginak)) != 0)
                choose(dctl, dctl_ginsts, (value & dctl_sginak) != 0);
            if ((value & (dctl_sgonak | dctl_cgonak)) != 0)
                choose(dctl, dctl_gonsts, (value & dctl_sgonak) != 0);
        } else if (is_control(offset)) {
            control_endpoint(offset, value);
        }
        follow_line();
        update();
    }
    void after_reset() override {
        suspend_ps_ = never;
        update();
    }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(suspend_ps_, never);
    }

private:
    static bool is_control(u32 offset) {
        const auto within = [offset](u32 first) {
            return offset >= first && offset < first + endpoints * endpoint_size &&
                   offset % endpoint_size == control;
        };
        return within(in_endpoint) || within(out_endpoint);
    }
    void choose(u32 offset, u32 mask, bool set) {
        at(offset) = set ? at(offset) | mask : at(offset) & ~mask;
    }
    bool session_is_valid() const {
        return has(gotgctl, gotgctl_bvaloen) && has(gotgctl, gotgctl_bvaloval);
    }
    /// All but what a core soft reset leaves (RM0432, OTG_GRSTCTL.CSRST).
    void reset_core() {
        for (const Register& declared : map())
            if (declared.offset != gotgctl && declared.offset != gusbcfg &&
                declared.offset != gccfg && declared.offset != 0x3C && declared.offset != 0x800)
                at(declared.offset) = declared.reset;
        suspend_ps_ = never;
        schedule(never);
        update();
    }
    void control_endpoint(u32 offset, u32 value) {
        u32& ep = at(offset);
        if ((value & (ep_snak | ep_cnak)) != 0)
            choose(offset, ep_naksts, (value & ep_snak) != 0);
        if ((value & ep_epdis) != 0 && (ep & ep_epena) != 0) {
            ep &= ~ep_epena;
            at(offset + interrupt) |= int_epdisd;
        } else if ((value & ep_epena) != 0) {
            ep |= ep_epena;
        }
    }
    /// The bus is idle from when the device pulls it up.
    void follow_line() {
        const bool attached = !has(dctl, dctl_sdis) && has(gccfg, gccfg_pwrdwn) &&
                              session_is_valid() && !has(gusbcfg, gusbcfg_fhmod);
        if (!attached) {
            at(dsts) &= ~dsts_suspsts;
            suspend_ps_ = never;
        } else if (suspend_ps_ == never && !has(dsts, dsts_suspsts)) {
            suspend_ps_ = around.time_ps() + idle_until_suspend_ps;
        }
        plan();
    }
    void plan() { schedule(suspend_ps_ == never ? never : around.cycle_at(suspend_ps_)); }
    u32 endpoints_asking() const {
        u32 asking = 0;
        for (u32 i = 0; i < endpoints; ++i) {
            const u32 in = at(in_endpoint + endpoint_size * i + interrupt);
            const u32 out = at(out_endpoint + endpoint_size * i + interrupt);
            const u32 empty = has(0x834, 1u << i) ? int_txfe : 0;
            if ((in & ((at(diepmsk) & ~int_txfe) | empty)) != 0)
                asking |= 1u << i;
            if ((out & at(doepmsk) & ~int_txfe) != 0)
                asking |= 1u << (16 + i);
        }
        return asking;
    }
    u32 flags() const {
        const u32 asking = endpoints_asking() & at(daintmsk);
        u32 value = at(gintsts);
        value |= has(gusbcfg, gusbcfg_fhmod) ? gint_cmod : 0;
        value |= at(gotgint) != 0 ? gint_otgint : 0;
        value |= has(dctl, dctl_ginsts) ? gint_ginakeff : 0;
        value |= has(dctl, dctl_gonsts) ? gint_gonakeff : 0;
        value |= (asking & 0xFFFF) != 0 ? gint_iepint : 0;
        value |= (asking >> 16) != 0 ? gint_oepint : 0;
        return value;
    }
    void update() { drive(0, has(gahbcfg, gahbcfg_gintmsk) && (flags() & at(gintmsk)) != 0); }

    u64 suspend_ps_ = never;
};

const Registered model{"USB.STM32L4_OTG_FS", make<OtgFs>};

} // namespace
} // namespace tinysim
