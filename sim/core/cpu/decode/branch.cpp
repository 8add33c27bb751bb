#include "encoding.hpp"

namespace tinysim {
namespace {

u32 from_here(const Decoded& out, i32 offset) { return out.op.pc + 4 + static_cast<u32>(offset); }

/// S:I1:I2:imm10:imm11:0, in which I1 and I2 are J1 and J2, turned over where S is 0.
i32 long_offset(const Fields& f) {
    const u32 s = f['S'];
    const u32 i1 = ~(f['J'] ^ s) & 1;
    const u32 i2 = ~(f['K'] ^ s) & 1;
    return sign_extend<25>(s << 24 | i1 << 23 | i2 << 22 | f['i'] << 1);
}

void conditional_short(Decoded& out, const Fields& f) {
    out.branch(from_here(out, sign_extend<9>(f['i'] << 1)), conditional_branch_handler(f['c']));
}

void conditional(Decoded& out, const Fields& f) {
    if (f['c'] >= 14)
        return out.see_another(); // MSR, hints and their like
    const u32 offset = f['S'] << 20 | f['K'] << 19 | f['J'] << 18 | f['i'] << 1;
    out.branch(from_here(out, sign_extend<21>(offset)), conditional_branch_handler(f['c']));
}

void always_short(Decoded& out, const Fields& f) {
    out.branch(from_here(out, sign_extend<12>(f['i'] << 1)), branch_handler());
}

void always(Decoded& out, const Fields& f) {
    out.branch(from_here(out, long_offset(f)), branch_handler());
}

void with_link(Decoded& out, const Fields& f) {
    out.op.aux = out.op.pc + 4;
    out.destination(14);
    out.branch(from_here(out, long_offset(f)), branch_link_handler());
}

void exchange(Decoded& out, const Fields& f) {
    out.rm(f['m']);
    out.indirect(Kind::branch_register, branch_exchange_handler(false));
}

void exchange_with_link(Decoded& out, const Fields& f) {
    out.rm(f['m']);
    out.destination(14);
    out.indirect(Kind::branch_register, branch_exchange_handler(true));
}

void compare(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    out.branch(from_here(out, static_cast<i32>(f['i'] << 1)), compare_branch_handler(f['o'] != 0));
}

void table(Decoded& out, const Fields& f) {
    const bool half = f['H'] != 0;
    out.base(f['n']);
    out.reads_pc = false; // the table behind the instruction is read by its own address
    out.index(f['m']);
    out.memory(Kind::table_branch, half ? 2 : 1);
    out.ends = out.info.writes_pc = true;
    out.run(table_branch_handler(half));
}

// J: J1, K: J2, o: op
// clang-format off
constexpr Encoding encodings[] = {
    {"B",              "T1", "1101cccciiiiiiii",                                  conditional_short},
    {"B",              "T2", "11100iiiiiiiiiii",                                  always_short},
    {"B",              "T3", "11110Scccciiiiii 10J0Kiiiiiiiiiii",                 conditional},
    {"B",              "T4", "11110Siiiiiiiiii 10J1Kiiiiiiiiiii",                 always},
    {"BL",             "T1", "11110Siiiiiiiiii 11J1Kiiiiiiiiiii",                 with_link},
    {"BLX (register)", "T1", "010001111mmmm(0)(0)(0)",                            exchange_with_link},
    {"BX",             "T1", "010001110mmmm(0)(0)(0)",                            exchange},
    {"CBNZ, CBZ",      "T1", "1011o0i1iiiiinnn",                                  compare},
    {"TBB, TBH",       "T1", "111010001101nnnn (1)(1)(1)(1)(0)(0)(0)(0)000Hmmmm", table},
};
// clang-format on

} // namespace

Family branch() { return {"branch", encodings}; }

} // namespace tinysim
