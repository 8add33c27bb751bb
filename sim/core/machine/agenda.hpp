#pragma once

#include "../peripherals/peripheral.hpp"

#include <algorithm>

namespace tinysim {

/// The peripherals that are due at some time, which most never are.
class Agenda {
public:
    /// Its `due` has changed.
    void note(Peripheral& peripheral) {
        const auto place = std::lower_bound(
            waiting_.begin(), waiting_.end(), peripheral.number,
            [](const Peripheral* other, u32 number) { return other->number < number; });
        const bool known = place != waiting_.end() && *place == &peripheral;
        if (known && peripheral.due == never)
            waiting_.erase(place);
        else if (!known && peripheral.due != never)
            waiting_.insert(place, &peripheral);
    }
    /// When the next one is due.
    Cycles next() const {
        Cycles earliest = never;
        for (const Peripheral* peripheral : waiting_)
            earliest = std::min(earliest, peripheral->due);
        return earliest;
    }
    /// The one that is due first, by a time; null: none is.
    Peripheral* first_by(Cycles time) const {
        Peripheral* first = nullptr;
        for (Peripheral* peripheral : waiting_)
            if (peripheral->due <= time && (!first || peripheral->due < first->due))
                first = peripheral;
        return first;
    }

private:
    std::vector<Peripheral*> waiting_; ///< in the order of their numbers
};

} // namespace tinysim
