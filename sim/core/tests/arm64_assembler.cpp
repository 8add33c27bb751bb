#include "../cpu/translate/arm64/assembler.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace tinysim;
using namespace tinysim::arm64;

namespace {

struct Written {
    const char* text;
    void (*write)(Assembler& to);
    std::vector<u32> words; ///< that GNU as makes of the text
};

#define A64(text, call, ...)                                                                       \
    {                                                                                              \
        text, [](Assembler& to) { to.call; }, { __VA_ARGS__ }                                      \
    }

const Written examples[] = {
    A64("ldr w2, [x0, #72]", move(Move::ldr, r2, {r0, 72}), 0xB9404802),
    A64("str w4, [x3, #16380]", move(Move::str, r4, {r3, 16380}), 0xB93FFC64),
    A64("ldrb w3, [x0, #5]", move(Move::ldrb, r3, {r0, 5}), 0x39401403),
    A64("strb w2, [x0, #4095]", move(Move::strb, r2, {r0, 4095}), 0x393FFC02),
    A64("strh w2, [x0, #6]", move(Move::strh, r2, {r0, 6}), 0x79000C02),
    A64("ldrsh w4, [x0, #26]", move(Move::ldrsh, r4, {r0, 26}), 0x79C03404),
    A64("ldrsw x6, [x0, #12]", move(Move::ldrsw, r6, {r0, 12}), 0xB9800C06),
    A64("ldr x9, [x0, #1736]", move(Move::ldr64, r9, {r0, 1736}), 0xF9436409),
    A64("ldr w2, [x3, w2, uxtw]", move(Move::ldr, r2, r3, r2), 0xB8624862),
    A64("ldrsb w2, [x3, w2, uxtw]", move(Move::ldrsb, r2, r3, r2), 0x38E24862),
    A64("strh w4, [x3, w2, uxtw]", move(Move::strh, r4, r3, r2), 0x78224864),
    A64("ldr x3, [x10, w3, uxtw #3]", move(Move::ldr64, r3, r10, r3, true), 0xF8635943),
    A64("mov w3, #0", constant(r3, 0), 0x52800003),
    A64("mov w3, #0xBEEF", constant(r3, 0xBEEF), 0x5297DDE3),
    A64("mov w3, #0x80000000", constant(r3, 0x80000000), 0x52B00003),
    A64("mov w3, #0xFFFFFFFE", constant(r3, 0xFFFFFFFE), 0x12800023),
    A64("mov w3, #0x5678; movk w3, #0x1234, lsl #16", constant(r3, 0x12345678), 0x528ACF03,
        0x72A24683),
    A64("mov x16, #0x4000; movk x16, #0x5555, lsl #32", constant64(r16, 0x0000555500004000),
        0xD2880010, 0xF2CAAAB0),
    A64("orn w2, wzr, w3", alu(Do::orn, r2, zero, r3), 0x2A2303E2),
    A64("and w2, w2, w3", alu(Do::and_, r2, r2, r3), 0x0A030042),
    A64("bic w2, w2, w3", alu(Do::bic, r2, r2, r3), 0x0A230042),
    A64("orr w2, w2, w3", alu(Do::orr, r2, r2, r3), 0x2A030042),
    A64("eor w2, w2, w3", alu(Do::eor, r2, r2, r3), 0x4A030042),
    A64("adds w2, w2, w3", alu(Do::adds, r2, r2, r3), 0x2B030042),
    A64("subs w2, w3, w2", alu(Do::subs, r2, r3, r2), 0x6B020062),
    A64("lsl w2, w2, w3", alu(Do::lsl, r2, r2, r3), 0x1AC32042),
    A64("lsr w2, w2, w3", alu(Do::lsr, r2, r2, r3), 0x1AC32442),
    A64("asr w2, w2, w3", alu(Do::asr, r2, r2, r3), 0x1AC32842),
    A64("ror w2, w2, w3", alu(Do::ror, r2, r2, r3), 0x1AC32C42),
    A64("add x3, x3, x2", alu64(Do::add, r3, r3, r2), 0x8B020063),
    A64("add w2, w4, #4095", alu(Do::add, r2, r4, 4095), 0x113FFC82),
    A64("adds w2, w2, #1", alu(Do::adds, r2, r2, 1), 0x31000442),
    A64("subs w2, w2, #9", alu(Do::subs, r2, r2, 9), 0x71002442),
    A64("add x1, x1, #32", alu64(Do::add, r1, r1, 32), 0x91008021),
    A64("add x1, x1, #2, lsl #12", alu64(Do::add, r1, r1, 0x2000), 0x91400821),
    A64("add x1, x1, #0x820; add x1, x1, #2, lsl #12", alu64(Do::add, r1, r1, 0x2820), 0x91208021,
        0x91400821),
    A64("sub w2, w3, #8", add(r2, r3, 0xFFFFFFF8), 0x51002062),
    A64("mov w16, #0x1001; add w2, w3, w16", add(r2, r3, 0x1001), 0x52820030, 0x0B100062),
    A64("cmp w2, #32", compare(r2, 32), 0x7100805F),
    A64("cmp w2, w3", compare(r2, r3), 0x6B03005F),
    A64("cmp x2, w3, sxtw", compare_extended(r2, r3), 0xEB23C05F),
    A64("ccmp w3, #0, #4, ne", compare_if(If::not_equal, r3, 0, 4), 0x7A401864),
    A64("tst w2, #3", test_lowest(r2, 2), 0x7200045F),
    A64("ubfx w2, w3, #5, #7", ubfx(r2, r3, 5, 7), 0x53052C62),
    A64("sbfx w2, w3, #16, #8", sbfx(r2, r3, 16, 8), 0x13105C62),
    A64("bfi w2, w3, #9, #4", bfi(r2, r3, 9, 4), 0x33170C62),
    A64("bfi w2, wzr, #0, #32", bfi(r2, zero, 0, 32), 0x33007FE2),
    A64("bfi x4, x5, #32, #32", bfi64(r4, r5, 32, 32), 0xB3607CA4),
    A64("lsl w3, w3, #31", lsl(r3, r3, 31), 0x53010063),
    A64("lsr w3, w3, #1", lsr(r3, r3, 1), 0x53017C63),
    A64("asr w3, w3, #31", asr(r3, r3, 31), 0x131F7C63),
    A64("ror w3, w3, #8", ror(r3, r3, 8), 0x13832063),
    A64("lsl x4, x4, #32", lsl64(r4, r4, 32), 0xD3607C84),
    A64("lsr x2, x2, #32", lsr64(r2, r2, 32), 0xD360FC42),
    A64("rev w2, w3", swap_bytes(r2, r3), 0x5AC00862),
    A64("mul w2, w3, w4", multiply(Multiply::madd, r2, r3, r4), 0x1B047C62),
    A64("msub w2, w3, w4, w5", multiply(Multiply::msub, r2, r3, r4, r5), 0x1B049462),
    A64("smaddl x2, w3, w4, x6", multiply(Multiply::smaddl, r2, r3, r4, r6), 0x9B241862),
    A64("umull x2, w3, w4", multiply(Multiply::umaddl, r2, r3, r4), 0x9BA47C62),
    A64("csel w2, w4, w3, gt", select(If::greater, r2, r4, r3), 0x1A83C082),
    A64("cset w2, cs", set(If::carry, r2), 0x1A9F37E2),
    A64("csetm w4, vs", set_all(If::overflow, r4), 0x5A9F73E4),
    A64("br x16", jump_to(r16), 0xD61F0200),
    A64("ret", ret(), 0xD65F03C0),
};

} // namespace

TEST_CASE("A64 instructions are those that GNU as writes") {
    for (const Written& example : examples) {
        CAPTURE(std::string(example.text));
        Assembler to;
        example.write(to);
        CHECK(to.code() == example.words);
    }
}

TEST_CASE("A64 branches land before and behind") {
    Assembler to;
    const auto begin = to.here();
    const auto higher = to.jump(If::higher);
    const auto zero = to.jump_if_zero64(r3);
    const auto any = to.jump();
    to.ret();
    for (const auto forward : {higher, zero, any})
        to.land(forward, to.here());
    to.land(to.jump(), begin);
    // 1: b.hi 2f; cbz x3, 2f; b 2f; ret; 2: b 1b
    CHECK(to.code() ==
          std::vector<u32>{0x54000088, 0xB4000063, 0x14000002, 0xD65F03C0, 0x17FFFFFC});
}

TEST_CASE("What A64 has no room for is an error, not another instruction") {
    Assembler to;
    CHECK_THROWS(to.move(Move::ldr, r2, {r0, 16384}));
    CHECK_THROWS(to.move(Move::ldr, r2, {r0, 2}));
    CHECK_THROWS(to.alu(Do::adds, r2, r2, 4096));
    CHECK(to.code().empty());
    const auto jump = to.jump(If::equal);
    while (to.here() < 1u << 18)
        to.ret();
    CHECK_THROWS(to.land(jump, to.here()));
}
