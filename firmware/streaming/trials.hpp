#pragma once

/// Commands that try parts on a sound that `i2scap` has captured, where the reference has sounds
/// of its own; numbers are of samples of the left channel.
namespace streaming {

/// `i2scap [N]`: captures N samples, left and right.
void capture(char* rest);
/// Its end: prints the sound.
void finish_capture();

/// `extract [OFFSET]`: the features of 1024 samples.
void extract(char* rest);

/// `infer_wav [OFFSET]`: features and output 0 of each frame from there on.
void infer_sound(char* rest);

/// `run_model`: the model on the frames that were heard last.
void run_model(char* rest);

} // namespace streaming
