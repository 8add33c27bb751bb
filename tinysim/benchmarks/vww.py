"""Visual wake words: MobileNetV1 0.25 on 96x96 images from COCO."""

from .base import Benchmark, Metric, whole

VWW = Benchmark(
    name="vww",
    title="Visual wake words",
    model_id="vww01",
    model_file="vww_96_int8.tflite",
    model_path="benchmark/training/visual_wake_words/trained_models/vww_96_int8.tflite",
    model_sha256="597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b",
    model_input=(1, 96, 96, 3),
    model_output=(1, 2),
    input_bytes=27_648,
    input_type="uint8",
    layout="96x96 pixels of red, green and blue",
    classes=("no person", "person"),
    metric=Metric.TOP1,
    target=0.80,
    macs=7_489_664,
    performance_inferences=20,
    files=1000,
    cut=whole,
)
