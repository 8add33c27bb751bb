#pragma once

#include "../op.hpp"

namespace tinysim {

Handler mul_handler(bool set_flags); ///< rd = rn * rm
Handler mla_handler(bool subtract);  ///< rd = ra +/- rn * rm
/// ra:rd = the high and low word of a long product.
enum class Long { smull, umull, smlal, umlal, umaal };
Handler long_multiply_handler(Long kind);
Handler divide_handler(bool is_signed);
/// SMUL<x><y> and SMLA<x><y>: the top half of rn, of rm.
Handler half_multiply_handler(bool accumulate, bool top_n, bool top_m);
Handler half_multiply_long_handler(bool top_n, bool top_m); ///< SMLAL<x><y>
Handler wide_multiply_handler(bool accumulate, bool top_m); ///< SMULW<y>, SMLAW<y>
/// SMUAD, SMUSD, SMLAD, SMLSD and their X forms.
Handler dual_multiply_handler(bool accumulate, bool subtract, bool exchange);
Handler dual_multiply_long_handler(bool subtract, bool exchange); ///< SMLALD, SMLSLD
enum class Most { smmul, smmla, smmls };
Handler most_significant_multiply_handler(Most kind, bool round);
Handler absolute_difference_handler(bool accumulate); ///< USAD8, USADA8

} // namespace tinysim
