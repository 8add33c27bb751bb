"""Image classification, large: ResNet-8 with 40, 80 and 160 filters on CIFAR-10."""

from dataclasses import replace

from .ic import IC

IC2 = replace(
    IC,
    name="ic2",
    title="Image classification, large",
    model_id="ic02",
    model_file="pretrainedResnet_large_int8.tflite",
    model_path="benchmark/training/image_classification/trained_models/"
    "pretrainedResnet_large_int8.tflite",
    model_sha256="dc27dcd823f5665533352f7da516b0c9bc6f089914b8283782e55961b3423fcf",
    shares=IC,
    target=0.91,
    macs=76_473_920,
)
