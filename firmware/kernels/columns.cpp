#include "kernels/columns.hpp"

#include "kernels/dsp.hpp"

namespace kernels {
namespace {

/// Values of a strip for one of its two rows: what goes into the instruction cache between
/// multiplications is amortized, and working memory stays small.
constexpr int room = 1536;

/// Outputs of a row that are made from one strip.
int outputs_at_once(const ConvolutionShape& shape) {
    const int columns = room / shape.padded_column();
    const int outputs = ((columns - shape.kernel_width) / shape.stride_width + 1) & ~1;
    return outputs < shape.output_width ? outputs : shape.output_width;
}

int columns_of(const ConvolutionShape& shape, int outputs) {
    return (outputs - 1) * shape.stride_width + shape.kernel_width;
}

/// Columns of so many pixels, side by side in the input, spread from `to` on into every other word;
/// where it goes on. A function of its own, whose loops have registers enough.
[[gnu::noinline]] std::uint32_t* spread_columns(const ConvolutionShape& shape,
                                                const std::int8_t* from, int count,
                                                std::uint32_t* to) {
    const int height = shape.kernel_height;
    const int channels = shape.input_channels;
    const int line = shape.input_width * channels;
    const int fours = (channels + 3) / 16; // groups
    const int rest = (channels + 3) / 4 % 4;
    for (; count > 0; --count, from += channels) {
        const std::int8_t* pixel = from;
        for (int i = height; i > 0; --i, pixel += line) {
            const std::int8_t* group = pixel;
            for (int left = fours; left > 0; --left, group += 16) {
                to = spread<2>(group, 1, to);
                to = spread<2>(group + 4, 1, to);
                to = spread<2>(group + 8, 1, to);
                to = spread<2>(group + 12, 1, to);
            }
            to = spread<2>(group, rest, to);
        }
    }
    return to;
}

/// Writes columns for one of the two patches.
class Spreader {
public:
    Spreader(const Convolution& convolution, const std::int8_t* input)
        : shape_(convolution.shape), input_(input),
          line_(shape_.input_width * shape_.input_channels), zero_(convolution.input_zero_point) {}

    /// `count` columns, from (top, left) of the input on; from `to` on every other word.
    void write(int top, int left, int count, std::uint32_t* to) const {
        const int bottom = top + shape_.kernel_height;
        const int end = left + count;
        int first = end;
        int last = end;
        if (top >= 0 && bottom <= shape_.input_height) {
            first = left < 0 ? 0 : left;
            last = whole_pixels(bottom - 1);
            last = end < last ? end : last;
        }
        int x = left;
        for (; x < first; ++x)
            to = write_at_border(top, x, to);
        if (last > first) {
            to = spread_columns(shape_, at(top, first), last - first, to);
            x = last;
        }
        for (; x < end; ++x)
            to = write_at_border(top, x, to);
    }

private:
    const std::int8_t* at(int y, int x) const {
        return input_ + y * line_ + x * shape_.input_channels;
    }

    /// Pixels of a row from its first on behind which enough lies in the image to fill their last
    /// groups up.
    int whole_pixels(int y) const {
        const int channels = shape_.input_channels;
        if (channels % 4 == 0)
            return shape_.input_width;
        const int behind = (shape_.input_height - y) * line_ - ((channels + 3) & ~3);
        const int pixels = behind < 0 ? 0 : behind / channels + 1;
        return pixels < shape_.input_width ? pixels : shape_.input_width;
    }

    /// What fills the last group of a pixel up meets weights of 0.
    [[gnu::noinline]] std::uint32_t* write_at_border(int top, int x, std::uint32_t* to) const {
        const std::uint32_t zero = (static_cast<std::uint32_t>(zero_) & 0xFFFF) * 0x10001;
        for (int y = top; y < top + shape_.kernel_height; ++y) {
            const bool is_there =
                y >= 0 && x >= 0 && y < shape_.input_height && x < shape_.input_width;
            int left = shape_.input_channels;
            if (is_there) {
                to = spread<2>(at(y, x), left / 4, to);
                left %= 4;
                if (left != 0) {
                    std::uint32_t group = 0;
                    std::memcpy(&group, at(y, x) + shape_.input_channels - left,
                                static_cast<std::size_t>(left));
                    to = spread<2>(reinterpret_cast<const std::int8_t*>(&group), 1, to);
                }
                continue;
            }
            for (; left > 0; left -= 4, to += 4) {
                to[0] = zero;
                to[2] = zero;
            }
        }
        return to;
    }

    const ConvolutionShape& shape_;
    const std::int8_t* input_;
    int line_;
    std::int8_t zero_;
};

} // namespace

bool columns_fit(const ConvolutionShape& shape) {
    return shape.kernel_width >= shape.stride_width && shape.output_width > 1 &&
           shape.kernel_width * shape.padded_column() <= shape.padded_patch() &&
           columns_of(shape, 2) * shape.padded_column() <= room;
}

std::size_t columns_scratch(const ConvolutionShape& shape) {
    const int columns = columns_of(shape, outputs_at_once(shape));
    return static_cast<std::size_t>(4 * columns * shape.padded_column() + shape.output_channels);
}

void convolve_columns(const Convolution& convolution, const std::int8_t* input, std::int8_t* output,
                      void* scratch) {
    const ConvolutionShape& shape = convolution.shape;
    const int column = shape.padded_column(); // words for two patches
    const int patch = shape.kernel_width * column;
    const int channels = shape.output_channels;
    const int most = outputs_at_once(shape);
    auto* const strip = static_cast<std::uint32_t*>(scratch);
    auto* const nowhere = reinterpret_cast<std::int8_t*>(strip + columns_of(shape, most) * column);
    const Spreader spreader(convolution, input);
    for (int y = 0; y < shape.output_height; y += 2) {
        const bool is_last = y + 1 == shape.output_height;
        const int top = y * shape.stride_height - shape.padding_top;
        for (int x = 0; x < shape.output_width; x += most) {
            const int left = x * shape.stride_width - shape.padding_left;
            const int count = shape.output_width - x < most ? shape.output_width - x : most;
            const int columns = columns_of(shape, count);
            spreader.write(top, left, columns, strip);
            // The second output of a pair is below the first; in a last row behind it.
            if (is_last)
                spreader.write(top, left + shape.stride_width, columns - shape.stride_width,
                               strip + 1);
            else
                spreader.write(top + shape.stride_height, left, columns, strip + 1);
            std::int8_t* to = output + (y * shape.output_width + x) * channels;
            const int step = is_last ? 2 : 1;
            const int second = is_last ? channels : shape.output_width * channels;
            for (int i = 0; i < count; i += step, to += step * channels) {
                const std::uint32_t* const from = strip + i * shape.stride_width * column;
                const bool alone = is_last && i + 1 == count;
                multiply_in_lanes(convolution, from, from + patch, to,
                                  alone ? nowhere : to + second);
            }
        }
    }
    clamp(convolution.range, output, shape.output_height * shape.output_width * channels);
}

} // namespace kernels
