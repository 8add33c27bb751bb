#include "kernels/planes.hpp"

namespace kernels {
namespace {

constexpr int taps = 3;
constexpr int unrolled = 4; ///< outputs at once
constexpr int group = 4;    ///< channels whose planes are there at once
constexpr int pitch = plane_pitch / 2;

enum Word { weights = 0, bias = 6, finishing = 7, words = finishing + finish_words };

/// An axis of the image as a plane has it.
struct Axis {
    int input, output, stride, padding;
    int input_step, output_step; ///< bytes

    int groups() const { return (output + unrolled - 1) / unrolled; }
    /// Values with those beyond the input.
    int framed() const { return (output - 1) * stride + taps; }
    /// Values of the input that are needed.
    int used() const { return input < framed() - padding ? input : framed() - padding; }
    bool fits_line() const {
        return (stride == 1 || stride == 2) && stride * unrolled * groups() + 2 <= pitch;
    }
};

struct Plan {
    Axis along, across; ///< a line, and from line to line
    bool by_columns;

    int cost() const { return across.output * along.groups(); }
};

Plan plan(const ConvolutionShape& shape, bool by_columns) {
    const int channels = shape.input_channels;
    const Axis rows{shape.input_height,           shape.output_height,
                    shape.stride_height,          shape.padding_top,
                    shape.input_width * channels, shape.output_width * channels};
    const Axis columns{shape.input_width,  shape.output_width, shape.stride_width,
                       shape.padding_left, channels,           channels};
    return by_columns ? Plan{rows, columns, true} : Plan{columns, rows, false};
}

/// The cheaper one of those that fit; one that does not fit where there is none.
Plan best_plan(const ConvolutionShape& shape) {
    const Plan by_rows = plan(shape, false);
    const Plan by_columns = plan(shape, true);
    if (!by_columns.along.fits_line())
        return by_rows;
    const bool columns = !by_rows.along.fits_line() || by_columns.cost() < by_rows.cost();
    return columns ? by_columns : by_rows;
}

int plane_halves(const Plan& plan) { return plan.across.framed() * pitch; }

/// Four channels of the input, from `input` on, into four planes.
void take_apart(const Plan& plan, const std::int8_t* input, std::uint16_t* planes) {
    const int plane = plane_halves(plan);
    planes += plan.across.padding * pitch + plan.along.padding;
    for (int line = plan.across.used(); line > 0; --line) {
        const std::int8_t* from = input;
        std::uint16_t* to = planes;
        for (int value = plan.along.used(); value > 0; --value, ++to) {
            const std::uint32_t word = load_word(from);
            const std::uint32_t even = sxtb16(word);
            const std::uint32_t odd = sxtb16_odd(word);
            to[0] = static_cast<std::uint16_t>(even);
            to[plane] = static_cast<std::uint16_t>(odd);
            to[2 * plane] = static_cast<std::uint16_t>(even >> 16);
            to[3 * plane] = static_cast<std::uint16_t>(odd >> 16);
            from += plan.along.input_step;
        }
        input += plan.across.input_step;
        planes += pitch;
    }
}

#if defined(__ARM_FEATURE_DSP)
extern "C" void tinysim_convolve_plane_1(const std::uint32_t* channel, const std::uint16_t* plane,
                                         const PlaneOutput* output);
extern "C" void tinysim_convolve_plane_2(const std::uint32_t* channel, const std::uint16_t* plane,
                                         const PlaneOutput* output);

void convolve_plane(const std::uint32_t* channel, const std::uint16_t* plane,
                    const PlaneOutput& output, int stride) {
    (stride == 1 ? tinysim_convolve_plane_1 : tinysim_convolve_plane_2)(channel, plane, &output);
}
#else
void convolve_plane(const std::uint32_t* channel, const std::uint16_t* plane,
                    const PlaneOutput& output, int stride) {
    const auto half = [](std::uint32_t value) { return static_cast<std::int16_t>(value); };
    std::int8_t* line = output.to;
    for (int y = 0; y < output.lines; ++y, line += output.line_step) {
        for (int x = 0; x < output.outputs; ++x) {
            auto sum = static_cast<std::int32_t>(channel[bias]);
            for (int i = 0; i < taps; ++i) {
                const std::uint16_t* const from = plane + i * pitch + x * stride;
                sum += half(from[0]) * half(channel[2 * i]);
                sum += half(from[1]) * half(channel[2 * i] >> 16);
                sum += half(from[2]) * half(channel[2 * i + 1] >> 16);
            }
            line[x * output.step] = finish(static_cast<std::uint32_t>(sum), channel + finishing);
        }
        plane += output.from_step / 2;
    }
}
#endif

} // namespace

bool planes_fit(const ConvolutionShape& shape, const Channel* channels) {
    if (shape.kernel_height != taps || shape.kernel_width != taps ||
        shape.input_channels % group != 0)
        return false;
    for (int c = 0; c < shape.input_channels; ++c)
        if (!can_finish(channels[c]))
            return false;
    return best_plan(shape).along.fits_line();
}

std::size_t plane_words(const ConvolutionShape& shape) {
    return static_cast<std::size_t>(words * shape.input_channels);
}

void pack_planes(const ConvolutionShape& shape, const std::int8_t* from, const Channel* channels,
                 std::int32_t output_zero_point, std::uint32_t* to) {
    const Plan chosen = best_plan(shape);
    const int count = shape.input_channels;
    for (int c = 0; c < count; ++c, to += words) {
        // Doubled, as the sums are wanted for SMMULR.
        const auto weight = [&](int line, int along) {
            const int tap = chosen.by_columns ? along * taps + line : line * taps + along;
            return static_cast<std::uint32_t>(2 * from[tap * count + c]) & 0xFFFF;
        };
        for (int line = 0; line < taps; ++line) {
            to[weights + 2 * line] = weight(line, 0) | weight(line, 1) << 16;
            to[weights + 2 * line + 1] = weight(line, 1) | weight(line, 2) << 16;
        }
        to[bias] = 2 * static_cast<std::uint32_t>(channels[c].bias);
        write_finish(channels[c], output_zero_point, to + finishing);
    }
}

std::size_t planes_scratch(const ConvolutionShape& shape) {
    return static_cast<std::size_t>(group * 2 * plane_halves(best_plan(shape)));
}

void convolve_planes(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                     void* scratch) {
    const Plan chosen = best_plan(depthwise.shape);
    auto* const planes = static_cast<std::uint16_t*>(scratch);
    const int plane = plane_halves(chosen);
    const auto zero = static_cast<std::uint16_t>(depthwise.input_zero_point);
    auto* const all = static_cast<std::uint32_t*>(scratch);
    for (int i = 0; i < group * plane / 2; ++i)
        all[i] = static_cast<std::uint32_t>(zero) | static_cast<std::uint32_t>(zero) << 16;
    PlaneOutput to{output,
                   chosen.along.output_step,
                   chosen.across.output_step,
                   chosen.along.output,
                   chosen.across.output,
                   chosen.across.stride * plane_pitch};
    const std::uint32_t* channel = depthwise.stream;
    const int channels = depthwise.shape.input_channels;
    for (int first = 0; first < channels; first += group) {
        take_apart(chosen, input + first, planes);
        for (int c = 0; c < group; ++c, channel += words, ++to.to)
            convolve_plane(channel, planes + c * plane, to, chosen.along.stride);
    }
    clamp(depthwise.range, output,
          depthwise.shape.output_height * depthwise.shape.output_width * channels);
}

} // namespace kernels
