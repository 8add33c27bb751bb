"""Whole runs against the host's interpreter and against what the real board printed."""

import math
from pathlib import Path

import numpy as np
import pytest
from tflite_micro import runtime

from tinysim.benchmarks import BENCHMARKS, Benchmark
from tinysim.datasets import find_dataset
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.results import Result
from tinysim.runs import Setup, run_accuracy


def _run(firmware: Path, name: str, variant: str, limit: int | None, jobs: int = 2) -> Result:
    benchmark = BENCHMARKS[name]
    return run_accuracy(
        Setup(
            benchmark=benchmark,
            board=load_board(),
            image=load_image(firmware / f"{name}_{variant}.elf"),
            dataset=find_dataset(benchmark, limit),
            options={"tier": "T0"},
            jobs=jobs,
        )
    )


def _quantized(benchmark: Benchmark, data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    if benchmark.name == "kws":
        return np.frombuffer(data, np.int8)
    if benchmark.name == "ad":
        values = np.frombuffer(data, "<f4") / np.float32(0.39101523)
        rounded = np.sign(values) * np.floor(np.abs(values) + np.float32(0.5))
        return np.clip(rounded + 89, -128, 127).astype(np.int8)
    return (np.frombuffer(data, np.uint8).astype(np.int16) - 128).astype(np.int8)


def _printed(benchmark: Benchmark, output: np.ndarray) -> str:  # type: ignore[type-arg]
    steps = output.flatten().astype(int) + 128  # of 1/256
    if benchmark.name == "kws":
        return ",".join(f"0.{n * 1000 // 256:03d}" for n in steps)
    return ",".join(f"{math.floor(n * 1e6 / 256 + 0.5) / 1e6:.6f}" for n in steps)


@pytest.mark.parametrize(
    ("name", "variant", "limit"),
    [
        ("kws", "dsp", None),
        ("kws", "reference", 50),
        ("ic", "dsp", None),
        ("ic2", "dsp", 10),
        ("ic2", "reference", 1),
        ("vww", "dsp", None),
    ],
)
def test_every_output_is_the_host_interpreters(
    firmware: Path, assets: Path, name: str, variant: str, limit: int | None
) -> None:
    benchmark = BENCHMARKS[name]
    result = _run(firmware, name, variant, limit)
    interpreter = runtime.Interpreter.from_file(str(assets / "models" / benchmark.model_file))
    shape = interpreter.get_input_details(0)["shape"]
    dataset = find_dataset(benchmark, limit)
    for sample, answer in zip(dataset.samples, result.outputs, strict=True):
        interpreter.set_input(_quantized(benchmark, sample.inputs[0]).reshape(shape), 0)
        interpreter.invoke()
        assert answer.results[0] == _printed(benchmark, interpreter.get_output(0)), sample.file


@pytest.mark.parametrize(
    ("name", "inputs", "top1"), [("kws", 1000, 0.901), ("ic", 200, 0.865), ("vww", 100, 0.82)]
)
def test_every_line_is_what_the_real_board_printed(
    firmware: Path, assets: Path, name: str, inputs: int, top1: float
) -> None:
    result = _run(firmware, name, "dsp", None)
    silicon = {}
    for row in (assets / "silicon" / f"ref_v0.5_{name}_accuracy.csv").read_text().splitlines():
        fields = row.split(";")
        silicon[fields[0]] = fields[-1].rstrip(",")
    answers = [out for out in result.outputs if out.file in silicon]
    wrong = [out.file for out in answers if out.results[0] != silicon[out.file]]
    assert not wrong
    assert len(answers) == inputs
    assert result.accuracy is not None
    assert result.accuracy.top1 == top1


def test_every_window_of_anomaly_detection_is_the_host_interpreters(
    firmware: Path, assets: Path
) -> None:
    benchmark = BENCHMARKS["ad"]
    result = _run(firmware, "ad", "dsp", None)
    interpreter = runtime.Interpreter.from_file(str(assets / "models" / benchmark.model_file))
    scale = interpreter.get_output_details(0)["quantization_parameters"]["scales"][0]
    zero = interpreter.get_output_details(0)["quantization_parameters"]["zero_points"][0]
    wrong = []
    for sample, answer in zip(find_dataset(benchmark).samples, result.outputs, strict=True):
        outputs = []
        for data in sample.inputs:
            interpreter.set_input(_quantized(benchmark, data).reshape(1, 640), 0)
            interpreter.invoke()
            outputs.append(interpreter.get_output(0).flatten().astype(int) - int(zero))
        originals = np.array([np.frombuffer(data, "<f4") for data in sample.inputs])
        # The board's compiler fuses multiplications with additions: one rounding each.
        exact = np.array(outputs, np.float64) * np.float64(np.float32(scale)) - originals
        differences = exact.astype(np.float32).astype(np.float64)
        sums = np.zeros(len(outputs), np.float32)
        for column in differences.T:
            sums = (column * column + sums.astype(np.float64)).astype(np.float32)
        means = sums / np.float32(640)
        printed = [f"{math.floor(float(mean) * 1e6 + 0.5) / 1e6:.6f}" for mean in means]
        wrong += [
            sample.file for ours, its in zip(answer.results, printed, strict=True) if ours != its
        ]
    assert not wrong
    assert result.accuracy is not None
    assert len(result.outputs) == result.accuracy.samples == 20
    assert result.accuracy.auc == 0.83
    assert not result.accuracy.official


def test_the_number_of_jobs_does_not_change_the_result(firmware: Path, assets: Path) -> None:
    one = _run(firmware, "kws", "dsp", 12, jobs=1)
    two = _run(firmware, "kws", "dsp", 12, jobs=2)
    assert one.without_wall_clock() == two.without_wall_clock()
