"""Keyword spotting: DS-CNN on Speech Commands."""

from .base import Benchmark, Metric, whole

KWS = Benchmark(
    name="kws",
    title="Keyword spotting",
    model_id="kws01",
    model_file="kws_ref_model.tflite",
    model_path="benchmark/training/keyword_spotting/trained_models/kws_ref_model.tflite",
    model_sha256="aeea436800704fce17b17292e4412630ad856e9d777c044c64ef748a880bd0ae",
    model_input=(1, 49, 10, 1),
    model_output=(1, 12),
    input_bytes=490,
    input_type="int8",
    layout="49 frames of 10 cepstral coefficients",
    classes=(
        "Down",
        "Go",
        "Left",
        "No",
        "Off",
        "On",
        "Right",
        "Stop",
        "Up",
        "Yes",
        "Silence",
        "Unknown",
    ),
    metric=Metric.TOP1,
    target=0.90,
    macs=2_656_768,
    performance_inferences=70,
    files=1000,
    cut=whole,
)
