"""Any model, as a benchmark without a data set or a target."""

from .base import Benchmark, Metric, whole

MODEL_ID = "model"
"""What the firmware for any model says to `profile`."""


def for_model(file: str, input_bytes: int, macs: int) -> Benchmark:
    """What stands in for a benchmark where a model file is run for its own sake."""
    return Benchmark(
        name=file,
        title=file,
        model_id=MODEL_ID,
        model_file=file,
        model_path="",
        model_sha256="",
        model_input=(),
        model_output=(),
        input_bytes=input_bytes,
        classes=(),
        metric=Metric.TOP1,
        target=0.0,
        macs=macs,
        performance_inferences=0,
        files=0,
        cut=whole,
    )
