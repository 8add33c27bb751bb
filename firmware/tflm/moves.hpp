#pragma once

#include "kernels/moves.hpp"
#include "tflm/tensors.hpp"

/// Operations that only move elements: worked out as walks when the interpreter starts.
namespace kernels {

/// One walk from an input of a node, or from its output, to one of its outputs.
struct Move {
    static constexpr int from_output = -1;
    int from, to;
    int from_offset, to_offset; ///< bytes
    Walk walk;
};

/// All the walks of a node. The first output is filled before, where there is a `fill_size`.
struct Moves {
    int width;
    int count;
    Move* moves;
    std::size_t fill_count;
    std::uint8_t fill_value[8];
};

/// Bytes of an element; 0 where the type is not moved.
int width_of(const TfLiteTensor* tensor);

/// Steps of a dense tensor, in bytes.
struct Steps {
    int of[Walk::max_rank];
};
Steps steps_of(const TfLiteIntArray* dims, int width);

/// Room for `count` moves as the node's state; null when the arena is full or the type is not
/// one that is moved.
Moves* make_moves(TfLiteContext* context, TfLiteNode* node, const TfLiteTensor* tensor, int count);

/// The node's kernel: what `make_moves` gave, filled in by the `prepare` of the operation.
TfLiteStatus invoke_moves(TfLiteContext* context, TfLiteNode* node);

/// A constant tensor of int32 or int64 as numbers; `at` is checked by nobody.
bool is_constant(const TfLiteTensor* tensor);
int number_at(const TfLiteTensor* tensor, int at);

template <auto prepare, int tag = 0> TfLiteRegistration* moving() {
    return registration<prepare, invoke_moves, tag>();
}

} // namespace kernels
