#include "encoding.hpp"

namespace tinysim {
namespace {

void product(Decoded& out, const Fields& f) {
    out.info.kind = Kind::multiply;
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['m']);
}

void product_and_sum(Decoded& out, const Fields& f) {
    product(out, f);
    out.ra(f['a']);
}

void multiply_low(Decoded& out, const Fields& f) {
    out.info.kind = Kind::multiply;
    out.rd(f['d']);
    out.rn(f['n']);
    out.rm(f['d']);
    out.run(mul_handler(!out.in_it()));
}

void multiply(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(mul_handler(false));
}

void multiply_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(mla_handler(false));
}

void multiply_subtract(Decoded& out, const Fields& f) {
    if (f['a'] == 15)
        return out.undefined();
    product_and_sum(out, f);
    out.run(mla_handler(true));
}

void halves(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(half_multiply_handler(false, f['N'] != 0, f['M'] != 0));
}

void halves_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(half_multiply_handler(true, f['N'] != 0, f['M'] != 0));
}

void wide(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(wide_multiply_handler(false, f['M'] != 0));
}

void wide_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(wide_multiply_handler(true, f['M'] != 0));
}

template <bool subtract> void dual(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(dual_multiply_handler(false, subtract, f['M'] != 0));
}

template <bool subtract> void dual_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(dual_multiply_handler(true, subtract, f['M'] != 0));
}

void most_significant(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(most_significant_multiply_handler(Most::smmul, f['R'] != 0));
}

void most_significant_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(most_significant_multiply_handler(Most::smmla, f['R'] != 0));
}

void most_significant_subtract(Decoded& out, const Fields& f) {
    if (f['a'] == 15)
        return out.undefined();
    product_and_sum(out, f);
    out.run(most_significant_multiply_handler(Most::smmls, f['R'] != 0));
}

void differences(Decoded& out, const Fields& f) {
    product(out, f);
    out.run(absolute_difference_handler(false));
}

void differences_accumulate(Decoded& out, const Fields& f) {
    product_and_sum(out, f);
    out.run(absolute_difference_handler(true));
}

void long_product(Decoded& out, const Fields& f) {
    out.info.kind = Kind::multiply;
    out.rn(f['n']);
    out.rm(f['m']);
    out.rd(f['l']);
    out.op.ra = static_cast<u8>(f['h']);
    out.destination(f['h']);
}

void long_sum(Decoded& out, const Fields& f) {
    long_product(out, f);
    out.source(f['l']);
    out.source(f['h']);
}

template <Long kind> void multiply_long(Decoded& out, const Fields& f) {
    long_product(out, f);
    out.run(long_multiply_handler(kind));
}

template <Long kind> void accumulate_long(Decoded& out, const Fields& f) {
    long_sum(out, f);
    out.run(long_multiply_handler(kind));
}

void halves_accumulate_long(Decoded& out, const Fields& f) {
    long_sum(out, f);
    out.run(half_multiply_long_handler(f['N'] != 0, f['M'] != 0));
}

template <bool subtract> void dual_accumulate_long(Decoded& out, const Fields& f) {
    long_sum(out, f);
    out.run(dual_multiply_long_handler(subtract, f['M'] != 0));
}

template <bool is_signed> void divide(Decoded& out, const Fields& f) {
    product(out, f);
    out.info.kind = Kind::divide;
    out.run(divide_handler(is_signed));
}

// l: RdLo, h: RdHi; N, M: which halves (M of dual ones: exchanged), R: rounded
// clang-format off
constexpr Encoding encodings[] = {
    {"MLA",                                "T1", "111110110000nnnn aaaadddd0000mmmm", multiply_accumulate},
    {"MLS",                                "T1", "111110110000nnnn aaaadddd0001mmmm", multiply_subtract},
    {"MUL",                                "T1", "0100001101nnnddd",                  multiply_low},
    {"MUL",                                "T2", "111110110000nnnn 1111dddd0000mmmm", multiply},
    {"SDIV",                               "T1", "111110111001nnnn 1111dddd1111mmmm", divide<true>},
    {"SMLABB, SMLABT, SMLATB, SMLATT",     "T1", "111110110001nnnn aaaadddd00NMmmmm", halves_accumulate},
    {"SMLAD, SMLADX",                      "T1", "111110110010nnnn aaaadddd000Mmmmm", dual_accumulate<false>},
    {"SMLAL",                              "T1", "111110111100nnnn llllhhhh0000mmmm", accumulate_long<Long::smlal>},
    {"SMLALBB, SMLALBT, SMLALTB, SMLALTT", "T1", "111110111100nnnn llllhhhh10NMmmmm", halves_accumulate_long},
    {"SMLALD, SMLALDX",                    "T1", "111110111100nnnn llllhhhh110Mmmmm", dual_accumulate_long<false>},
    {"SMLAWB, SMLAWT",                     "T1", "111110110011nnnn aaaadddd000Mmmmm", wide_accumulate},
    {"SMLSD, SMLSDX",                      "T1", "111110110100nnnn aaaadddd000Mmmmm", dual_accumulate<true>},
    {"SMLSLD, SMLSLDX",                    "T1", "111110111101nnnn llllhhhh110Mmmmm", dual_accumulate_long<true>},
    {"SMMLA, SMMLAR",                      "T1", "111110110101nnnn aaaadddd000Rmmmm", most_significant_accumulate},
    {"SMMLS, SMMLSR",                      "T1", "111110110110nnnn aaaadddd000Rmmmm", most_significant_subtract},
    {"SMMUL, SMMULR",                      "T1", "111110110101nnnn 1111dddd000Rmmmm", most_significant},
    {"SMUAD, SMUADX",                      "T1", "111110110010nnnn 1111dddd000Mmmmm", dual<false>},
    {"SMULBB, SMULBT, SMULTB, SMULTT",     "T1", "111110110001nnnn 1111dddd00NMmmmm", halves},
    {"SMULL",                              "T1", "111110111000nnnn llllhhhh0000mmmm", multiply_long<Long::smull>},
    {"SMULWB, SMULWT",                     "T1", "111110110011nnnn 1111dddd000Mmmmm", wide},
    {"SMUSD, SMUSDX",                      "T1", "111110110100nnnn 1111dddd000Mmmmm", dual<true>},
    {"UDIV",                               "T1", "111110111011nnnn 1111dddd1111mmmm", divide<false>},
    {"UMAAL",                              "T1", "111110111110nnnn llllhhhh0110mmmm", accumulate_long<Long::umaal>},
    {"UMLAL",                              "T1", "111110111110nnnn llllhhhh0000mmmm", accumulate_long<Long::umlal>},
    {"UMULL",                              "T1", "111110111010nnnn llllhhhh0000mmmm", multiply_long<Long::umull>},
    {"USAD8",                              "T1", "111110110111nnnn 1111dddd0000mmmm", differences},
    {"USADA8",                             "T1", "111110110111nnnn aaaadddd0000mmmm", differences_accumulate},
};
// clang-format on

} // namespace

Family multiply() { return {"multiply", encodings}; }

} // namespace tinysim
