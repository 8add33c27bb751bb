#pragma once

#include "../types.hpp"

namespace tinysim {

/// Follows what the core does. The core tells it of blocks while it profiles, and of the rest
/// whenever there is one.
class Observer {
public:
    virtual ~Observer() = default;
    /// Instructions from `pc` on have executed, up to `end`; the first one began at `start`.
    virtual void executed(u32 pc, u32 end, Cycles start) = 0;
    /// An exception's handler is about to run, and has ended; by then `number` is what goes on.
    virtual void entered(unsigned number, Cycles at) = 0;
    virtual void returned(unsigned number, Cycles at) = 0;
    /// The core sleeps and wakes.
    virtual void slept(bool asleep, Cycles at) = 0;
};

} // namespace tinysim
