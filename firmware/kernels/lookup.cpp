#include "kernels/lookup.hpp"

#include "kernels/dsp.hpp"

namespace kernels {

void look_up(const Table& table, const std::int8_t* input, std::int8_t* output, std::size_t count) {
    const std::int8_t* const zero = table + 128;
    for (; count >= 4; count -= 4, input += 4, output += 4) {
        const std::uint32_t word = load_word(input);
        const std::int8_t a = zero[static_cast<std::int8_t>(word)];
        const std::int8_t b = zero[static_cast<std::int8_t>(word >> 8)];
        const std::int8_t c = zero[static_cast<std::int8_t>(word >> 16)];
        const std::int8_t d = zero[static_cast<std::int8_t>(word >> 24)];
        output[0] = a;
        output[1] = b;
        output[2] = c;
        output[3] = d;
    }
    for (; count > 0; --count)
        *output++ = zero[*input++];
}

} // namespace kernels
