#include "../execute/branch.hpp"

#include "../execute/system.hpp"
#include "x86_64/x86_code.hpp"

namespace tinysim {

using namespace x86;

void add_branch(Emitters& all) {
    all[nop_handler()] = [](Translation&, const Op&) { return true; };
    all[end_handler()] = [](Translation& to, const Op&) {
        to.end_block(Exit::next);
        return true;
    };
    all[branch_handler()] = [](Translation& to, const Op&) {
        to.end_block(Exit::taken);
        return true;
    };
    all[branch_link_handler()] = [](Translation& to, const Op& op) {
        to.out.mov(to.r(14), op.aux | 1);
        to.end_block(Exit::taken);
        return true;
    };
    for (const bool nonzero : {false, true})
        all[compare_branch_handler(nonzero)] = [nonzero](Translation& to, const Op& op) {
            to.out.alu(Do::cmp, to.r(op.rn), u32{0});
            to.end_block_if(nonzero ? If::not_equal : If::equal);
            return true;
        };
    for (unsigned condition = 0; condition < 14; ++condition) {
        all[conditional_branch_handler(condition)] = [condition](Translation& to, const Op&) {
            to.end_block_if(condition);
            return true;
        };
        all[guard_handler(condition)] = [condition](Translation& to, const Op& op) {
            to.skip_unless(condition, op);
            return true;
        };
    }
    all[read_pc_handler()] = [](Translation& to, const Op& op) {
        to.out.mov(to.r(15), op.pc + 4);
        return true;
    };
}

} // namespace tinysim
