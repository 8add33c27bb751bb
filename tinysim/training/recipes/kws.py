"""Keyword spotting: DS-CNN on Speech Commands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...benchmarks import BENCHMARKS
from ...features.kws import SCALE, ZERO_POINT
from ..extra import load_tensorflow
from ..layers import classifier, convolution, depthwise
from ..recipe import Batch, Model, Recipe

SAMPLES = 16_000
"""Of a clip: one second."""
_FRAME, _STEP, _MEL, _COEFFICIENTS = 480, 320, 40, 10
_NOISE_OFTEN, _NOISE_LOUD = 0.8, 0.1


def ds_cnn(filters: int, blocks: int) -> Model:
    """A DS-CNN for 49 x 10 MFCC; the reference has 64 filters and 4 blocks."""
    keras = load_tensorflow().keras
    inputs = keras.Input((49, 10, 1))
    x = convolution(keras, inputs, filters, (10, 4), 2)
    x = keras.layers.Dropout(0.2)(x)
    for _ in range(blocks):
        x = depthwise(keras, x)
        x = convolution(keras, x, filters, 1)
    x = keras.layers.Dropout(0.4)(x)
    return keras.Model(inputs, classifier(keras, x, (25, 5), 12))


def _build() -> Model:
    return ds_cnn(64, 4)


def _augment(clips: Batch, seed: Any, noise: Batch | None) -> Batch:
    """Clips at full scale, most of them with some background noise."""
    tf = load_tensorflow()
    clips = _scaled(tf, clips)
    if noise is None:
        return clips
    count = tf.shape(clips)[0]
    keys = tf.random.split(seed, 3)
    latest = tf.shape(noise)[0] - SAMPLES
    starts = tf.random.stateless_uniform([count, 1], keys[0], 0, latest, tf.int32)
    cut = tf.gather(noise / 32768.0, starts + tf.range(SAMPLES)[None])
    loudness = tf.random.stateless_uniform([count, 1], keys[1], 0.0, _NOISE_LOUD)
    often = tf.random.stateless_uniform([count, 1], keys[2]) < _NOISE_OFTEN
    return tf.clip_by_value(clips + tf.where(often, loudness, 0.0) * cut, -1.0, 1.0)


def _scaled(tf: Any, clips: Batch) -> Batch:
    """Divided by their largest sample; silence stays what it is."""
    top = tf.reduce_max(clips, axis=-1, keepdims=True)
    return clips / tf.where(top > 0, top, 1.0)


def mfcc(clips: Batch) -> Batch:
    """MFCC of clips (N x 16000, of any scale): N x 49 x 10 x 1, as `tf.signal` has them."""
    tf = load_tensorflow()
    spectrum = tf.abs(tf.signal.stft(_scaled(tf, clips), _FRAME, _STEP))
    mel = tf.signal.linear_to_mel_weight_matrix(
        _MEL, spectrum.shape[-1], SAMPLES, lower_edge_hertz=20.0, upper_edge_hertz=4000.0
    )
    logs = tf.math.log(tf.tensordot(spectrum, mel, 1) + 1e-6)
    return tf.signal.mfccs_from_log_mel_spectrograms(logs)[..., :_COEFFICIENTS, None]


def _decode(data: bytes) -> NDArray[np.float32]:
    return (np.frombuffer(data, np.int8).astype(np.float32) - ZERO_POINT) * SCALE


def _rate(epoch: int) -> float:
    return 5e-4 if epoch < 12 else 1e-4 if epoch < 24 else 2e-5 if epoch < 36 else 1e-5


RECIPE = Recipe(
    name="kws",
    title="DS-CNN on Speech Commands",
    input_shape=(49, 10, 1),
    classes=BENCHMARKS["kws"].classes,
    stored="int16",
    stored_shape=(SAMPLES,),
    build=_build,
    epochs=36,
    batch=100,
    rate=_rate,
    decode=_decode,
    inputs=mfcc,
    augment=_augment,
    input_range=(float(SCALE * (-128 - ZERO_POINT)), float(SCALE * (127 - ZERO_POINT))),
)
