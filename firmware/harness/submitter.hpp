#pragma once

#include <cstddef>

/// What a submitter provides (EEMBC ULPMark-ML's names): here by tflm/ and benchmarks/.
extern "C" {
/// Converts the host's bytes into the model's input.
void th_load_tensor();
/// Exactly one inference.
void th_infer();
/// Prints the `m-results` line.
void th_results();
/// Prints the time, or in energy mode gives a falling edge.
void th_timestamp();
/// What must be ready before the first command.
void th_final_initialize();
}

/// The benchmark's id and the most bytes that `db load` takes; defined by each benchmark.
extern const char* const TH_MODEL_VERSION;
extern const std::size_t TH_MAX_INPUT_SIZE;
