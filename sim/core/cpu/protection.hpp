#pragma once

#include "../memory/bus.hpp"
#include "../system/mpu.hpp"

#include <memory>
#include <vector>

namespace tinysim {

/// What the software that runs may reach. While the MPU is off, accesses go by the bus's page
/// tables. While it is on, they go by tables of its own, one set for each privilege: empty at
/// first, they are given the pages that have turned out to be allowed from end to end.
class Protection {
public:
    explicit Protection(Bus& bus) : readable(&bus.readable), writable(&bus.writable), bus_(bus) {}

    Mpu mpu;
    /// Plain memory that may be accessed without asking. Never null.
    const Pages* readable;
    const Pages* writable;

    /// Who runs: `aside`, if the MPU does not concern it.
    void select(bool privileged, bool aside);
    /// Whether the software that runs may do this.
    bool permits(u32 address, Use use) { return !reach_ || reaches(address, use); }
    /// The same for software of another privilege.
    bool permits_as(bool privileged, u32 address, Use use) const {
        return !guarded_ || mpu.permits(address, use, privileged);
    }
    /// Pages (addresses >> Pages::shift) of which every access is to be asked about, whatever
    /// the MPU says. To be followed by `select`.
    void watch(std::vector<u32> pages);
    /// Forgets which pages were allowed: the MPU or the bus's tables have changed.
    void forget();

private:
    struct Reach {
        Pages readable, writable, executable;
        std::vector<u32> known;
    };

    bool reaches(u32 address, Use use);

    Bus& bus_;
    /// Of the unprivileged, of the privileged, and of those whom the MPU does not concern.
    std::unique_ptr<Reach> reaches_[3];
    Reach* reach_ = nullptr; ///< of who runs; null: all is allowed
    bool guarded_ = false;   ///< the MPU concerns who runs
    bool privileged_ = true;
    std::vector<u32> watched_; ///< in order
};

} // namespace tinysim
