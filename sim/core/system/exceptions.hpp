#pragma once

#include "../snapshot.hpp"
#include "../types.hpp"
#include "exception_set.hpp"

#include <array>
#include <string>

namespace tinysim {

/// Exception numbers (DDI0403 B1.5.2).
enum class Exception : unsigned {
    none = 0,
    reset = 1,
    nmi = 2,
    hard_fault = 3,
    mem_manage = 4,
    bus_fault = 5,
    usage_fault = 6,
    sv_call = 11,
    debug_monitor = 12,
    pend_sv = 14,
    sys_tick = 15,
    external = 16,
};

/// Bits of the Configurable Fault Status Register (DDI0403 B3.2.15).
namespace cfsr {
inline constexpr u32 iaccviol = 1u << 0;
inline constexpr u32 daccviol = 1u << 1;
inline constexpr u32 munstkerr = 1u << 3;
inline constexpr u32 mstkerr = 1u << 4;
inline constexpr u32 mlsperr = 1u << 5;
inline constexpr u32 mmarvalid = 1u << 7;
inline constexpr u32 ibuserr = 1u << 8;
inline constexpr u32 preciserr = 1u << 9;
inline constexpr u32 unstkerr = 1u << 11;
inline constexpr u32 stkerr = 1u << 12;
inline constexpr u32 lsperr = 1u << 13;
inline constexpr u32 bfarvalid = 1u << 15;
inline constexpr u32 undefinstr = 1u << 16;
inline constexpr u32 invstate = 1u << 17;
inline constexpr u32 invpc = 1u << 18;
inline constexpr u32 nocp = 1u << 19;
inline constexpr u32 unaligned = 1u << 24;
inline constexpr u32 divbyzero = 1u << 25;
} // namespace cfsr

/// Bits of the HardFault Status Register (B3.2.16).
namespace hfsr {
inline constexpr u32 vecttbl = 1u << 1;
inline constexpr u32 forced = 1u << 30;
inline constexpr u32 debugevt = 1u << 31;
} // namespace hfsr

std::string exception_name(unsigned number);

/// Which exceptions are pending, enabled and active, and which may be taken now; with the
/// registers of the System Control Block that decide it.
class Exceptions {
public:
    static constexpr unsigned external_count = 95; // RM0432, table of vectors
    static constexpr unsigned count = 16 + external_count;
    static constexpr int lowest = 256; ///< priority of Thread mode

    void reset();

    /// An external interrupt's line. A high line is pending again when its handler ends. Whether it
    /// has become pending by this.
    bool set_line(unsigned irq, bool level);
    void pend(Exception exception) { pend(static_cast<unsigned>(exception)); }
    void pend(unsigned number) {
        sent_event = sent_event || (!pending[number] && (scr & scr_sevonpend) != 0);
        pending.set(number);
    }
    void unpend(unsigned number) { pending.set(number, false); }

    /// Without and with the masks PRIMASK, FAULTMASK and BASEPRI.
    int active_priority() const;
    int execution_priority(bool primask, bool faultmask, u32 basepri) const;
    int priority(unsigned number) const;
    /// What of a priority decides about preemption (AIRCR.PRIGROUP).
    int group(int priority) const;

    /// The exception to take now, or 0.
    unsigned next(bool primask, bool faultmask, u32 basepri) const;
    /// Whether anything pends that would wake WFI: PRIMASK does not count.
    bool wakes(bool faultmask, u32 basepri) const;
    /// Whether an enabled exception is more urgent than the one that is active.
    bool can_preempt() const;

    void activate(unsigned number);
    void deactivate(unsigned number);
    unsigned active_count() const { return active.size(); }

    bool is_enabled(unsigned number) const;
    bool fault_enabled(Exception exception) const;

    unsigned current = 0; ///< IPSR
    ExceptionSet pending;
    ExceptionSet active;
    ExceptionSet enabled; ///< external ones
    ExceptionSet line;
    std::array<u8, ExceptionSet::room> priorities{};

    u32 vtor = 0;
    u32 prigroup = 0;
    u32 scr = 0;
    u32 ccr = 0x200;       ///< STKALIGN
    u32 shcsr_enables = 0; ///< MEMFAULTENA, BUSFAULTENA, USGFAULTENA in place
    u32 cfsr = 0, hfsr = 0, mmfar = 0, bfar = 0;
    u32 cpacr = 0;
    u32 fpccr = 0xC0000000; ///< ASPEN, LSPEN
    u32 fpcar = 0;
    u32 fpdscr = 0;
    u32 demcr = 0;
    u32 dfsr = 0;
    bool sent_event = false; ///< by SCR.SEVONPEND
    bool reset_requested = false;
    bool internal_only = false; ///< DHCSR.C_MASKINTS, while the core runs: see `next`

    static constexpr u32 ccr_unalign_trp = 1u << 3;
    static constexpr u32 ccr_div_0_trp = 1u << 4;
    static constexpr u32 ccr_nonbasethrdena = 1u << 0;
    static constexpr u32 ccr_bfhfnmign = 1u << 8;
    static constexpr u32 ccr_stkalign = 1u << 9;
    static constexpr u32 scr_sleeponexit = 1u << 1;
    static constexpr u32 scr_sleepdeep = 1u << 2;
    static constexpr u32 scr_sevonpend = 1u << 4;
    static constexpr u32 dfsr_halted = 1u << 0;
    static constexpr u32 dfsr_bkpt = 1u << 1;
    static constexpr u32 dfsr_dwttrap = 1u << 2;
    static constexpr u32 dfsr_vcatch = 1u << 3;
    /// DEMCR: its vector catches and TRCENA outlast a reset that is no power-on (C1.6.5).
    static constexpr u32 demcr_kept = 0x010007F1;
    static constexpr u32 fpccr_lspact = 1u << 0;
    static constexpr u32 fpccr_user = 1u << 1;
    static constexpr u32 fpccr_thread = 1u << 3;
    static constexpr u32 fpccr_lspen = 1u << 30;
    static constexpr u32 fpccr_aspen = 1u << 31;
};

} // namespace tinysim
