#pragma once

#include "kernels/requantize.hpp"

#include <cstddef>

namespace kernels {

/// A fully connected layer; weights are rows of `inputs`.
struct FullyConnected {
    int inputs;
    int outputs;
    OutputRange range;
    bool quick;
    const std::int8_t* weights;
    const Channel* channels;
    const std::uint32_t* rows; ///< see pack_rows; or null
};

/// Bytes of working memory, aligned to 4.
std::size_t fully_connected_scratch(int inputs);

void connect_fully(const FullyConnected& layer, const std::int8_t* input, std::int8_t* output,
                   void* scratch);

} // namespace kernels
