#include "../execute/branch.hpp"

#include "../execute/system.hpp"
#include "host_code.hpp"

namespace tinysim {

void add_branch(Emitters& all) {
    all[nop_handler()] = [](HostCode&, const Op&) { return true; };
    all[end_handler()] = [](HostCode& to, const Op&) {
        to.end_block(Exit::next);
        return true;
    };
    all[branch_handler()] = [](HostCode& to, const Op&) {
        to.end_block(Exit::taken);
        return true;
    };
    all[branch_link_handler()] = [](HostCode& to, const Op& op) {
        to.set_register(14, op.aux | 1);
        to.end_block(Exit::taken);
        return true;
    };
    for (const bool nonzero : {false, true})
        all[compare_branch_handler(nonzero)] = [nonzero](HostCode& to, const Op& op) {
            to.end_block_if_zero(op.rn, !nonzero);
            return true;
        };
    for (unsigned condition = 0; condition < 14; ++condition) {
        all[conditional_branch_handler(condition)] = [condition](HostCode& to, const Op&) {
            to.end_block_if(condition);
            return true;
        };
        all[guard_handler(condition)] = [condition](HostCode& to, const Op& op) {
            to.skip_unless(condition, op);
            return true;
        };
    }
    all[read_pc_handler()] = [](HostCode& to, const Op& op) {
        to.set_register(15, op.pc + 4);
        return true;
    };
}

} // namespace tinysim
