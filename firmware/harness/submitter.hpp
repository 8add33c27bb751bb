#pragma once

#include <cstddef>
#include <cstdint>

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
/// Forgets what earlier inferences have left behind; not of the benchmark, and only where
/// an image has it is there a command `reset`.
__attribute__((weak)) void th_reset();
}

/// Defined by each benchmark: its id, the most bytes that `db load` takes, and the serial port's
/// rate in performance mode, which is that of the reference submission.
extern const char* const TH_MODEL_VERSION;
extern const std::size_t TH_MAX_INPUT_SIZE;
extern const std::uint32_t TH_BAUD;
