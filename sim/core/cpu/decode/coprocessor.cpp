#include "encoding.hpp"

namespace tinysim {
namespace {

/// There is none but the floating-point unit, which is coprocessors 10 and 11: what its own
/// encodings leave of those is undefined.
void no_coprocessor(Decoded& out, const Fields& f) {
    if (f['c'] == 10 || f['c'] == 11)
        return out.undefined_fp();
    out.undefined();
    out.run(no_coprocessor_handler());
}

// c: coproc, o: opc1, q: opc2, u: Rt2; d, n, m: also coprocessor registers
// clang-format off
constexpr Encoding encodings[] = {
    {"CDP, CDP2",             "T1", "11101110oooonnnn ddddccccqqq0mmmm", no_coprocessor},
    {"CDP, CDP2",             "T2", "11111110oooonnnn ddddccccqqq0mmmm", no_coprocessor},
    {"LDC, LDC2 (immediate)", "T1", "1110110PUDW1nnnn ddddcccciiiiiiii", no_coprocessor},
    {"LDC, LDC2 (immediate)", "T2", "1111110PUDW1nnnn ddddcccciiiiiiii", no_coprocessor},
    {"LDC, LDC2 (literal)",   "T1", "1110110PUDW11111 ddddcccciiiiiiii", no_coprocessor},
    {"LDC, LDC2 (literal)",   "T2", "1111110PUDW11111 ddddcccciiiiiiii", no_coprocessor},
    {"MCR, MCR2",             "T1", "11101110ooo0nnnn ttttccccqqq1mmmm", no_coprocessor},
    {"MCR, MCR2",             "T2", "11111110ooo0nnnn ttttccccqqq1mmmm", no_coprocessor},
    {"MCRR, MCRR2",           "T1", "111011000100uuuu ttttccccoooommmm", no_coprocessor},
    {"MCRR, MCRR2",           "T2", "111111000100uuuu ttttccccoooommmm", no_coprocessor},
    {"MRC, MRC2",             "T1", "11101110ooo1nnnn ttttccccqqq1mmmm", no_coprocessor},
    {"MRC, MRC2",             "T2", "11111110ooo1nnnn ttttccccqqq1mmmm", no_coprocessor},
    {"MRRC, MRRC2",           "T1", "111011000101uuuu ttttccccoooommmm", no_coprocessor},
    {"MRRC, MRRC2",           "T2", "111111000101uuuu ttttccccoooommmm", no_coprocessor},
    {"STC, STC2",             "T1", "1110110PUDW0nnnn ddddcccciiiiiiii", no_coprocessor},
    {"STC, STC2",             "T2", "1111110PUDW0nnnn ddddcccciiiiiiii", no_coprocessor},
};
// clang-format on

} // namespace

Family coprocessor() { return {"coprocessor", encodings}; }

} // namespace tinysim
