#pragma once

#include "core.hpp"

namespace tinysim {

/// ConditionPassed (DDI0403 A7.3.1).
template <unsigned condition> inline bool passes(const Core& core) {
    switch (condition) {
    case 0:
        return core.zero();
    case 1:
        return !core.zero();
    case 2:
        return core.carry();
    case 3:
        return !core.carry();
    case 4:
        return core.negative();
    case 5:
        return !core.negative();
    case 6:
        return core.overflow();
    case 7:
        return !core.overflow();
    case 8:
        return core.carry() && !core.zero();
    case 9:
        return !core.carry() || core.zero();
    case 10:
        return core.negative() == core.overflow();
    case 11:
        return core.negative() != core.overflow();
    case 12:
        return !core.zero() && core.negative() == core.overflow();
    case 13:
        return core.zero() || core.negative() != core.overflow();
    default:
        return true;
    }
}

} // namespace tinysim
