"""Image classification: ResNet-8 on CIFAR-10."""

from .base import Benchmark, Metric, whole

IC = Benchmark(
    name="ic",
    title="Image classification",
    model_id="ic01",
    model_file="pretrainedResnet_quant.tflite",
    model_path="benchmark/training/image_classification/trained_models/"
    "pretrainedResnet_quant.tflite",
    model_sha256="3c002613d1b2475eb51dd78dfb85a546c8ae658dee71cf6ade43b022fe205415",
    model_input=(1, 32, 32, 3),
    model_output=(1, 10),
    input_bytes=3072,
    input_type="uint8",
    layout="32x32 pixels of red, green and blue",
    classes=(
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
    metric=Metric.TOP1,
    target=0.85,
    macs=12_501_632,
    performance_inferences=20,
    files=200,
    cut=whole,
)
