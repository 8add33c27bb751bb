#include "../execute/dsp.hpp"

#include "host_code.hpp"

namespace tinysim {

void add_dsp(Emitters& all) {
    for (const bool is_signed : {false, true})
        all[saturate_handler(is_signed)] = [is_signed](HostCode& to, const Op& op) {
            const u32 width = is_signed ? op.imm - 1 : op.imm;
            const u32 high = (1u << width) - 1;
            to.saturate(op, is_signed ? ~high : 0, high);
            return true;
        };
    for (const bool top : {false, true})
        all[pack_handler(top)] = always(&HostCode::pack, top);
}

} // namespace tinysim
