#pragma once

#include "../types.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tinysim {

/// An access to data as a watch sees it.
struct DataAccess {
    u32 address;
    unsigned size;
    u32 value;
    bool write;
};

/// Data that is watched from `first` to `last`. A debug unit's watch has the number of its
/// comparator; the host's have none.
struct DataWatch {
    u32 first, last;
    bool reads, writes;
    std::optional<unsigned> comparator{};

    bool sees(const DataAccess& access) const {
        return access.address <= last && access.address + (access.size - 1) >= first &&
               (access.write ? writes : reads);
    }
};

/// Code from `first` to `last` that a comparator watches.
struct CodeWatch {
    u32 first, last;
    unsigned comparator;
};

/// What a debugger asks of the core (DDI0403 C1): the state behind DHCSR, and the places at which
/// FPB, DWT and the host want to be asked. Nothing here costs anything while nothing is set: code
/// with a breakpoint is decoded otherwise, and watched data is kept out of the page tables.
class Debugging {
public:
    // DHCSR (C1.6.2)
    bool enabled = false;          ///< C_DEBUGEN, by a probe
    bool halt_requested = false;   ///< C_HALT
    bool steps = false;            ///< C_STEP
    bool masks_interrupts = false; ///< C_MASKINTS
    bool halted = false;           ///< S_HALT
    bool locked_up = false;        ///< S_LOCKUP
    bool was_reset = true;         ///< S_RESET_ST
    u64 retired = 0;               ///< instructions when DHCSR was read last, for S_RETIRE_ST
    u32 transfer = 0;              ///< DCRDR
    bool transferred = true;       ///< S_REGRDY
    u32 event = 0;                 ///< a debug event that has not been taken, as in DFSR
    enum Step : u8 { none, armed, done };
    Step step = none; ///< under way, by DHCSR.C_STEP or DEMCR.MON_STEP

    /// The host is the debugger that the software sees: it serves semihosting, and other BKPT
    /// instructions halt.
    bool host = false;
    bool is_attached() const { return enabled || host; }

    /// The access under way is the probe's, not the software's.
    bool by_probe = false;

    // Of the FPB: half-words in place of those in memory, and words that loads of literals get.
    std::vector<u32> breakpoints;
    std::unordered_map<u32, u16> patched_code;
    std::unordered_map<u32, u32> patched_literals;
    // Of the DWT.
    std::vector<CodeWatch> watched_code;
    std::vector<DataWatch> watched_data;
    std::function<bool(const CodeWatch&)> code_matches = [](const CodeWatch&) { return false; };
    std::function<bool(const DataWatch&, const DataAccess&)> data_matches =
        [](const DataWatch&, const DataAccess&) { return false; };
    // Of the host.
    std::vector<DataWatch> host_watches;
    std::optional<DataAccess> host_hit;

    bool breaks_at(u32 pc) const {
        return std::find(breakpoints.begin(), breakpoints.end(), pc) != breakpoints.end();
    }
    bool watches_code(u32 pc) const {
        return std::any_of(watched_code.begin(), watched_code.end(), [pc](const CodeWatch& watch) {
            return pc >= watch.first && pc <= watch.last;
        });
    }
    bool watches_reads() const { return watches(true); }
    bool watches_data() const { return !watched_data.empty() || !host_watches.empty(); }
    /// Whether the core has to look at anything before its next instruction.
    bool attends() const {
        return halted || event != 0 || step != none || (is_attached() && halt_requested);
    }

private:
    bool watches(bool reads) const {
        const auto sees = [reads](const DataWatch& watch) {
            return reads ? watch.reads : watch.writes;
        };
        return std::any_of(watched_data.begin(), watched_data.end(), sees) ||
               std::any_of(host_watches.begin(), host_watches.end(), sees);
    }
};

} // namespace tinysim
