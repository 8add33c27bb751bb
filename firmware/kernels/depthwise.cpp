#include "kernels/depthwise.hpp"

#include "kernels/four.hpp"

namespace kernels {
namespace {

/// What the taps of all outputs read.
struct Frame {
    int height, width;
    explicit Frame(const ConvolutionShape& shape)
        : height((shape.output_height - 1) * shape.stride_height + shape.kernel_height),
          width((shape.output_width - 1) * shape.stride_width + shape.kernel_width) {}
};

/// Whether the taps read the input as it is, and four channels at its end as well.
bool is_inside(const ConvolutionShape& shape, const Frame& frame) {
    return shape.padding_top == 0 && shape.padding_left == 0 &&
           frame.height <= shape.input_height && frame.width == shape.input_width &&
           shape.input_channels % 4 == 0;
}

/// Copies the input into its zero point, so that no tap falls outside.
void fill(const Depthwise& depthwise, const Frame& frame, const std::int8_t* input,
          std::int8_t* to) {
    const ConvolutionShape& shape = depthwise.shape;
    const auto bytes = [&](int pixels) {
        return static_cast<std::size_t>(pixels * shape.input_channels);
    };
    std::memset(to, depthwise.input_zero_point, bytes(frame.height * frame.width));
    const int right = frame.width - shape.padding_left;
    const int columns = shape.input_width < right ? shape.input_width : right;
    const int below = frame.height - shape.padding_top;
    const int rows = shape.input_height < below ? shape.input_height : below;
    for (int y = 0; y < rows; ++y)
        std::memcpy(to + bytes((y + shape.padding_top) * frame.width + shape.padding_left),
                    input + bytes(y * shape.input_width), bytes(columns));
}

/// Lines of taps, two by two.
struct Taps {
    int lines, in_line;
    explicit Taps(const ConvolutionShape& shape)
        : lines(shape.kernel_width == 1 ? 1 : shape.kernel_height),
          in_line(shape.kernel_width == 1 ? shape.kernel_height : shape.kernel_width) {}

    int words() const { return lines * ((in_line + 1) / 2); }
};

/// The way from tap to tap, as multiply_taps goes it.
struct Walk {
    int lines, pairs, odd; ///< pairs of taps in a line, and whether there is one more
    int line, step;        ///< bytes from line to line, from tap to tap
    Walk(const ConvolutionShape& shape, int row) {
        const Taps taps(shape);
        lines = taps.lines;
        pairs = taps.in_line / 2;
        odd = taps.in_line % 2;
        line = row;
        step = shape.kernel_width == 1 ? row : shape.input_channels;
    }
};

/// The sums of four channels; `stream` goes on behind their weights.
inline Four sums(const Walk& walk, const std::int8_t* from, const std::uint32_t*& stream) {
    Four four;
    for (std::int32_t& sum : four.sum)
        sum = static_cast<std::int32_t>(*stream++);
    for (int line = 0; line < walk.lines; ++line, from += walk.line) {
        const std::int8_t* at = from;
        for (int i = 0; i < walk.pairs; ++i, at += 2 * walk.step, stream += 4)
            four.add(load_word(at), load_word(at + walk.step), stream);
        if (walk.odd != 0) {
            four.add(load_word(at), 0, stream);
            stream += 4;
        }
    }
    return four;
}

/// `groups` times four channels of an output, saturated to int8; where the stream goes on.
#if defined(__ARM_FEATURE_DSP)
extern "C" const std::uint32_t* tinysim_multiply_taps(const std::uint32_t* stream,
                                                      const std::int8_t* from, const Walk& walk,
                                                      int groups, std::int8_t* output);
constexpr auto multiply_taps = tinysim_multiply_taps;
#else
const std::uint32_t* multiply_taps(const std::uint32_t* stream, const std::int8_t* from,
                                   const Walk& walk, int groups, std::int8_t* output) {
    for (; groups > 0; --groups, from += 4) {
        const Four four = sums(walk, from, stream);
        for (const std::int32_t sum : four.sum) {
            *output++ = finish(2 * static_cast<std::uint32_t>(sum), stream);
            stream += finish_words;
        }
    }
    return stream;
}
#endif

/// The same of channels that need a Requantizer.
const std::uint32_t* multiply_generally(const Depthwise& depthwise, const std::uint32_t* stream,
                                        const std::int8_t* from, const Walk& walk, int groups,
                                        std::int8_t* output) {
    const Requantizer requantize(depthwise.range, depthwise.quick);
    for (; groups > 0; --groups, from += 4) {
        const Four four = sums(walk, from, stream);
        for (const std::int32_t sum : four.sum) {
            *output++ = requantize(sum, static_cast<std::int32_t>(stream[0]),
                                   static_cast<std::int32_t>(stream[1]));
            stream += finish_words;
        }
    }
    return stream;
}

} // namespace

bool depthwise_finishes(const ConvolutionShape& shape, const Channel* channels) {
    for (int c = 0; c < shape.input_channels; ++c)
        if (!can_finish(channels[c]))
            return false;
    return true;
}

std::size_t depthwise_words(const ConvolutionShape& shape) {
    const int channels = (shape.input_channels + 3) & ~3;
    return static_cast<std::size_t>(channels * (1 + Taps(shape).words() + finish_words));
}

void pack_depthwise(const Depthwise& depthwise, const std::int8_t* weights, const Channel* channels,
                    std::uint32_t* to) {
    const int count = depthwise.shape.input_channels;
    const Taps taps(depthwise.shape);
    const auto channel_at = [&](int c) { return c < count ? channels[c] : Channel{0, 0, 0}; };
    for (int group = 0; group < count; group += 4) {
        const int end = group + 4;
        for (int c = group; c < end; ++c)
            *to++ = static_cast<std::uint32_t>(channel_at(c).bias);
        for (int line = 0; line < taps.lines; ++line)
            for (int first = 0; first < taps.in_line; first += 2)
                for (int c = group; c < end; ++c) {
                    const auto weight = [&](int tap) {
                        return tap < taps.in_line && c < count
                                   ? weights[(line * taps.in_line + tap) * count + c]
                                   : 0;
                    };
                    *to++ = (static_cast<std::uint32_t>(weight(first)) & 0xFFFF) |
                            static_cast<std::uint32_t>(weight(first + 1)) << 16;
                }
        for (int c = group; c < end; ++c) {
            const Channel channel = channel_at(c);
            if (depthwise.finishes) {
                to = write_finish(channel, depthwise.range.zero_point, to);
                continue;
            }
            *to++ = static_cast<std::uint32_t>(channel.multiplier);
            *to++ = static_cast<std::uint32_t>(channel.shift);
            *to++ = 0;
        }
    }
}

std::size_t depthwise_scratch(const ConvolutionShape& shape) {
    const Frame frame(shape);
    constexpr int behind = 3; // channels that are read and are not there
    return is_inside(shape, frame)
               ? 0
               : static_cast<std::size_t>(frame.height * frame.width * shape.input_channels +
                                          behind);
}

void convolve_depthwise(const Depthwise& depthwise, const std::int8_t* input, std::int8_t* output,
                        void* scratch) {
    const ConvolutionShape& shape = depthwise.shape;
    const Frame frame(shape);
    if (!is_inside(shape, frame)) {
        auto* const framed = static_cast<std::int8_t*>(scratch);
        fill(depthwise, frame, input, framed);
        input = framed;
    }
    const int channels = shape.input_channels;
    const int row = frame.width * channels;
    const Walk walk(shape, row);
    const auto multiply = [&](const std::uint32_t* stream, const std::int8_t* from, int groups,
                              std::int8_t* to) {
        return depthwise.finishes ? multiply_taps(stream, from, walk, groups, to)
                                  : multiply_generally(depthwise, stream, from, walk, groups, to);
    };
    const int rest = channels % 4;
    const int whole = channels - rest;
    std::int8_t* to = output;
    for (int y = 0; y < shape.output_height; ++y)
        for (int x = 0; x < shape.output_width; ++x, to += channels) {
            const std::int8_t* const from =
                input + y * shape.stride_height * row + x * shape.stride_width * channels;
            const std::uint32_t* stream = depthwise.stream;
            if (whole != 0)
                stream = multiply(stream, from, whole / 4, to);
            if (rest != 0) {
                std::int8_t last[4];
                multiply(stream, from + whole, 1, last);
                std::memcpy(to + whole, last, static_cast<std::size_t>(rest));
            }
        }
    if (depthwise.finishes)
        clamp(depthwise.range, output, shape.output_height * shape.output_width * channels);
}

} // namespace kernels
