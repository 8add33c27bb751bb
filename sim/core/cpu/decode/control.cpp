#include "encoding.hpp"

namespace tinysim {
namespace {

void nothing(Decoded& out, const Fields&) { out.run(nop_handler()); }

/// The end of a block lets a pending interrupt in.
void barrier(Decoded& out, const Fields&) { out.system(nop_handler()); }

void clear_exclusive(Decoded& out, const Fields&) { out.run(clear_exclusive_handler()); }

void send_event(Decoded& out, const Fields&) {
    out.impure = true;
    out.run(send_event_handler());
}

template <bool for_event> void wait(Decoded& out, const Fields&) {
    out.system(wait_handler(for_event));
}

void if_then(Decoded& out, const Fields& f) {
    out.info.kind = Kind::it;
    out.op.imm = f['c'] << 4 | f['k'];
    out.run(nop_handler());
}

void breakpoint(Decoded& out, const Fields& f) {
    out.op.imm = f['i'];
    out.system(breakpoint_handler());
}

void supervisor_call(Decoded& out, const Fields&) { out.system(supervisor_call_handler()); }

void undefined(Decoded& out, const Fields&) { out.undefined(); }

void change_state(Decoded& out, const Fields& f) {
    out.op.imm = f['I'] << 1 | f['F'];
    out.system(change_state_handler(f['M'] != 0));
}

void move_from_special(Decoded& out, const Fields& f) {
    out.rd(f['d']);
    out.op.imm = f['y'];
    out.info.kind = Kind::system;
    out.run(move_from_special_handler());
}

void move_to_special(Decoded& out, const Fields& f) {
    out.rn(f['n']);
    out.op.imm = f['y'];
    out.op.aux = f['k'];
    out.system(move_to_special_handler());
}

// M: im, k: mask, o: option, h: the number of a hint, y: SYSm
// clang-format off
constexpr Encoding encodings[] = {
    {"BKPT",             "T1", "10111110iiiiiiii",                                            breakpoint},
    {"CLREX",            "T1", "111100111011(1)(1)(1)(1) 10(0)0(1)(1)(1)(1)0010(1)(1)(1)(1)", clear_exclusive},
    {"CPS",              "T1", "10110110011M(0)(0)IF",                                        change_state},
    {"DBG",              "T1", "111100111010(1)(1)(1)(1) 10(0)0(0)0001111oooo",               nothing},
    {"DMB",              "T1", "111100111011(1)(1)(1)(1) 10(0)0(1)(1)(1)(1)0101oooo",         barrier},
    {"DSB",              "T1", "111100111011(1)(1)(1)(1) 10(0)0(1)(1)(1)(1)0100oooo",         barrier},
    {"ISB",              "T1", "111100111011(1)(1)(1)(1) 10(0)0(1)(1)(1)(1)0110oooo",         barrier},
    {"IT",               "T1", "10111111cccckkkk",                                            if_then},
    {"MRS",              "T1", "11110011111(0)(1)(1)(1)(1) 10(0)0ddddyyyyyyyy",               move_from_special},
    {"MSR",              "T1", "11110011100(0)nnnn 10(0)0kk(0)(0)yyyyyyyy",                   move_to_special},
    {"NOP",              "T1", "1011111100000000",                                            nothing},
    {"NOP",              "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)00000000000",               nothing},
    {"SEV",              "T1", "1011111101000000",                                            send_event},
    {"SEV",              "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)00000000100",               send_event},
    {"SVC",              "T1", "11011111iiiiiiii",                                            supervisor_call},
    {"UDF",              "T1", "11011110iiiiiiii",                                            undefined},
    {"UDF",              "T2", "111101111111iiii 1010iiiiiiiiiiii",                           undefined},
    {"WFE",              "T1", "1011111100100000",                                            wait<true>},
    {"WFE",              "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)00000000010",               wait<true>},
    {"WFI",              "T1", "1011111100110000",                                            wait<false>},
    {"WFI",              "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)00000000011",               wait<false>},
    {"YIELD",            "T1", "1011111100010000",                                            nothing},
    {"YIELD",            "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)00000000001",               nothing},
    // A5.2.5 and A5.3.4: these execute as NOP
    {"unallocated hint", "T1", "10111111hhhh0000",                                            nothing},
    {"unallocated hint", "T2", "111100111010(1)(1)(1)(1) 10(0)0(0)000hhhhhhhh",               nothing},
};
// clang-format on

} // namespace

Family control() { return {"control", encodings}; }

} // namespace tinysim
