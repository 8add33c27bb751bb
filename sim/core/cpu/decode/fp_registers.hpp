#pragma once

#include "encoding.hpp"

namespace tinysim {

// A single register is Vd:D, a double one D:Vd, of which those above d15 do not exist here: the
// number of its first single is 32 or more.

inline unsigned single_d(const Fields& f) { return f['d'] << 1 | f['D']; }
inline unsigned single_n(const Fields& f) { return f['n'] << 1 | f['N']; }
inline unsigned single_m(const Fields& f) { return f['m'] << 1 | f['M']; }
inline unsigned first_single_of_d(const Fields& f) { return 2 * (f['D'] << 4 | f['d']); }
inline unsigned first_single_of_m(const Fields& f) { return 2 * (f['M'] << 4 | f['m']); }

} // namespace tinysim
