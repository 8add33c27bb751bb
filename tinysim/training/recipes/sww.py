"""Streaming wake word: a one-dimensional DS-CNN on Speech Commands and noise."""

from typing import Any

from ..extra import load_tensorflow
from ..recipe import Batch, Model, Recipe

SAMPLES = 16_000
"""Of a clip: one second."""
_FRAME, _STEP, _MEL = 1024, 512, 40
_PREEMPHASIS = 1 - 2**-5
_BLOCKS = ((3, 128), (5, 128), (10, 128), (15, 32))
"""Frames that a depthwise convolution sees, and filters of the pointwise one."""
_SHIFT = 1600
"""Samples that a clip is moved by at most: 100 ms."""
_QUIET, _LOUD = 0.25, 1.5
_NOISE_OFTEN, _NOISE_QUIET, _NOISE_LOUD = 0.8, 0.5, 2.0
_LEAST_SNR = 0.5


def _build() -> Model:
    keras = load_tensorflow().keras
    inputs = x = keras.Input((30, 1, _MEL))
    for frames, filters in _BLOCKS:
        x = keras.layers.DepthwiseConv2D((frames, 1), use_bias=False)(x)
        x = keras.layers.Conv2D(filters, 1, use_bias=False)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.Dropout(0.2)(x)
    x = keras.layers.Flatten()(x)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))


def log_mel(clips: Batch) -> Batch:
    """Log-mel energies of clips in [-1, 1] (N x 16000): N x 30 x 1 x 40, in [0, 1]."""
    tf = load_tensorflow()
    before = tf.pad(clips, [[0, 0], [1, 0]])[:, :-1]
    spectrum = tf.abs(
        tf.signal.stft(clips - _PREEMPHASIS * before, _FRAME, _STEP, window_fn=_hamming)
    )
    power = tf.maximum(tf.square(spectrum) / _FRAME, 1e-30)
    mel = tf.signal.linear_to_mel_weight_matrix(
        _MEL, spectrum.shape[-1], SAMPLES, lower_edge_hertz=0.0, upper_edge_hertz=SAMPLES / 2
    )
    decibels = 10 * tf.math.log(tf.tensordot(power, mel, 1)) / tf.math.log(10.0)
    return tf.clip_by_value((decibels + 52) / 64, 0.0, 1.0)[:, :, None, :]


def _hamming(length: int, dtype: Any) -> Batch:
    tf = load_tensorflow()
    return tf.signal.hamming_window(length, periodic=False, dtype=dtype)


def _inputs(clips: Batch) -> Batch:
    return log_mel(_scaled(load_tensorflow(), clips))


def _scaled(tf: Any, clips: Batch) -> Batch:
    """Without a mean, the largest sample 1; silence stays what it is."""
    clips = clips - tf.reduce_mean(clips, axis=-1, keepdims=True)
    top = tf.reduce_max(tf.abs(clips), axis=-1, keepdims=True)
    return clips / tf.where(top > 0, top, 1.0)


def _augment(clips: Batch, seed: Any, noise: Batch | None) -> Batch:
    """Clips moved, louder or quieter, and most of them with background noise."""
    tf = load_tensorflow()
    count = tf.shape(clips)[0]
    keys = tf.random.split(seed, 5)
    volume = tf.random.stateless_uniform([count, 1], keys[0], _QUIET, _LOUD)
    starts = tf.random.stateless_uniform([count, 1], keys[1], 0, 2 * _SHIFT, tf.int32)
    padded = tf.pad(_scaled(tf, clips) * volume, [[0, 0], [_SHIFT, _SHIFT]])
    moved = tf.gather(padded, starts + tf.range(SAMPLES)[None], batch_dims=1)
    if noise is not None:
        latest = tf.shape(noise)[0] - SAMPLES
        places = tf.random.stateless_uniform([count, 1], keys[2], 0, latest, tf.int32)
        cut = tf.gather(noise / 32768.0, places + tf.range(SAMPLES)[None])
        loudness = tf.random.stateless_uniform([count, 1], keys[3], _NOISE_QUIET, _NOISE_LOUD)
        often = tf.random.stateless_uniform([count, 1], keys[4]) < _NOISE_OFTEN
        loudness = tf.minimum(tf.where(often, loudness, 0.0), volume / _LEAST_SNR)
        moved = moved + loudness * cut
    return tf.clip_by_value(moved, -1.0, 1.0)


def _rate(_: int) -> float:
    return 1e-3


RECIPE = Recipe(
    name="sww",
    title="one-dimensional DS-CNN on Speech Commands",
    input_shape=(30, 1, _MEL),
    classes=("Marvin", "Silence", "Unknown"),
    stored="int16",
    stored_shape=(SAMPLES,),
    build=_build,
    epochs=100,
    batch=100,
    rate=_rate,
    inputs=_inputs,
    augment=_augment,
    patience=3,
    float_epochs=50,
)
