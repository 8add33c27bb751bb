"""Streaming wake word: a one-dimensional DS-CNN that listens for "Marvin"."""

from .base import Benchmark, Metric, whole
from .dialogue import LISTENING

SWW = Benchmark(
    name="sww",
    title="Streaming wake word",
    model_id="sww01",
    model_file="str_ww_ref_model.tflite",
    model_path="benchmark/training/streaming_wakeword/trained_models/str_ww_ref_model.tflite",
    model_sha256="3af8550895ba7d5c584277102b5075c52dcfa63ba9d2b2240f37c4e6abd5dd2b",
    model_input=(1, 30, 1, 40),
    model_output=(1, 3),
    input_bytes=2048,
    input_type="int16",
    layout="512 samples, left and right",
    classes=("Marvin", "Silence", "Unknown"),
    metric=Metric.DETECTIONS,
    target=0.0,
    macs=826_368,
    performance_inferences=100,
    files=1,
    cut=whole,
    dialogue=LISTENING,
)
