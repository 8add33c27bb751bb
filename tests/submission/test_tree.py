"""The submission's tree and its checks."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tinysim.benchmarks import BENCHMARKS
from tinysim.errors import ResultError
from tinysim.models.read import read_network
from tinysim.models.write import write_network
from tinysim.results import Accuracy, Asset, Result, Streaming
from tinysim.submission import Division, Runner, check_tree, write_tree
from tinysim.submission.system import KEYS, load_system

from .making import WHEN, make_runs, make_streaming, make_submission


@pytest.mark.parametrize("runner", list(Runner))
@pytest.mark.parametrize("division", list(Division))
@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "ic2"])
def test_a_tree_that_is_written_passes_the_check(
    tmp_path: Path, runner: Runner, division: Division, name: str
) -> None:
    files = write_tree(
        make_submission(make_runs(name), runner=runner, division=division), tmp_path, WHEN
    )
    assert check_tree(tmp_path) == []
    assert all("emulated" in path.read_text() for path in files if _is_told(path))
    assert tmp_path / division.value / "acme" / "systems" / "board.json" in files


def _is_told(path: Path) -> bool:
    return path.name not in ("EEMBC_RUNNER", "model_mapping.json")


def test_the_lines_are_the_runners_own(tmp_path: Path) -> None:
    write_tree(make_submission(make_runs()), tmp_path, WHEN)
    place = tmp_path / "closed" / "acme" / "results" / "board" / "ic"
    assert (
        "0102.030405 ulp-mlperf: Top 1% = 92.5\n"
        in (place / "accuracy" / "results.txt").read_text()
    )
    assert (
        "ulp-mlperf: Median throughput is      5.000 inf./sec.\n"
        in (place / "performance" / "results.txt").read_text()
    )
    windows = json.loads((place / "performance" / "results.json").read_text())
    assert [window["infer"]["iterations"] for window in windows] == [60] * 5


def _with(index: int, **changes: Any) -> tuple[Result, Result]:
    pair = list(make_runs())
    pair[index] = pair[index].model_copy(update=changes)
    return pair[0], pair[1]


def _short() -> tuple[Result, Result]:
    performance = make_runs()[1]
    return _with(
        1, windows=(performance.windows[0].model_copy(update={"elapsed_us": 9_999_999}),) * 5
    )


@pytest.mark.parametrize(
    ("results", "problem"),
    [
        (lambda: (make_runs()[0],), "performance mode is missing"),
        (
            lambda: _with(1, image=Asset(name="x", sha256="9" * 64, origin="file")),
            "different images",
        ),
        (lambda: _with(1, engine="renode"), "different engines"),
        (_short, "shorter than 10 s"),
        (lambda: _with(1, windows=()), "0 performance windows"),
        (lambda: _with(0, accuracy=None), "has no accuracy"),
        (
            lambda: _with(
                0,
                accuracy=Accuracy(top1=0.8, samples=9, target=0.85, passed=False, official=True),
            ),
            "target of 0.85 was missed",
        ),
        (
            lambda: _with(
                0,
                accuracy=Accuracy(top1=0.9, samples=9, target=0.85, passed=True, official=False),
            ),
            "over 9 files",
        ),
        (
            lambda: _with(1, model=Asset(name="x", sha256="9" * 64, origin="given")),
            "not the reference model",
        ),
        (lambda: _with(1, options={"clock": 80_000_000}), "board was changed"),
    ],
)
def test_what_the_closed_division_refuses_is_not_written(
    tmp_path: Path, results: Callable[[], tuple[Result, ...]], problem: str
) -> None:
    with pytest.raises(ResultError, match=problem):
        write_tree(make_submission(results()), tmp_path, WHEN)
    assert not list(tmp_path.iterdir())


def test_what_was_flashed_is_named_beside_the_model(tmp_path: Path) -> None:
    flashed = Asset(name="m.tflite", sha256="7" * 64, origin="lowered: folding, unused")
    write_tree(make_submission(make_runs(flashed=flashed)), tmp_path, WHEN)
    texts = [path.read_text() for path in tmp_path.rglob("README.md")]
    own = [text for text in texts if BENCHMARKS["ic"].model_sha256 in text]
    assert own
    assert all(f"sha256 {'7' * 64} (lowered: folding, unused)" in text for text in own)


def test_an_emulated_system_is_rdi(tmp_path: Path) -> None:
    system = dict.fromkeys(KEYS, "-") | {"Status": "available"}
    with pytest.raises(ResultError, match="rdi"):
        write_tree(make_submission(make_runs(), system=system), tmp_path, WHEN)
    measured = make_runs(engine="serial", model=None)
    write_tree(make_submission(measured, system=system), tmp_path, WHEN)
    assert not any("emulated" in p.read_text() for p in tmp_path.rglob("*") if p.is_file())


def _place(root: Path) -> Path:
    return root / "closed" / "acme" / "results" / "board" / "ic"


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("streaming", "problem"),
    [
        (make_streaming(scored=False), "not played as a whole"),
        (make_streaming(40, 6), "said 46 times, 50 were expected"),
        (make_streaming(41, 9), "9 words were missed and 4 heard wrongly"),
        (make_streaming(wrong=9), "6 words were missed and 9 heard wrongly"),
        (make_streaming(overrun=7), "did not keep up"),
        (make_streaming(file="mine.wav"), r"mine\.wav was played: .* is long_wav\.wav"),
    ],
)
def test_what_was_not_heard_well_is_not_written(
    tmp_path: Path, streaming: Streaming, problem: str
) -> None:
    with pytest.raises(ResultError, match=problem):
        write_tree(make_submission(make_runs("sww", streaming=streaming)), tmp_path, WHEN)
    assert not list(tmp_path.iterdir())
    wide = make_submission(
        make_runs("sww", streaming=make_streaming(41, 9)), division=Division.OPEN
    )
    assert write_tree(wide, tmp_path, WHEN)


def test_the_streamed_lines_are_the_runners_own(tmp_path: Path) -> None:
    write_tree(make_submission(make_runs("sww"), runner=Runner.EEMBC), tmp_path, WHEN)
    place = _place(tmp_path).parent / "sww"
    assert [path.name for path in place.iterdir()] == ["performance"]  # whatever the runner
    text = (place / "performance" / "results.txt").read_text()
    assert text.splitlines()[1:] == [
        "Accuracy: 44 True positives, 6 False negatives, 4 False positives",
        "Average duty cycle: 0.92",
        "Average period: 0.032 s",
        "Estimated throughput: 33.979 inf./sec.",
    ]
    (run,) = json.loads((place / "performance" / "results.json").read_text())
    assert run["infer"]["detections"][:2] == [0, 500]
    assert run["dutycycle"]["processing_time"] == 0.02943


def test_the_larger_of_a_task_comes_with_the_smaller(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"ic2: must be submitted with ic \(rules, 2.9\)"):
        write_tree(make_submission(make_runs("ic2")), tmp_path, WHEN)
    assert not list(tmp_path.iterdir())
    both = make_runs("ic2") + make_runs("ic")
    files = write_tree(make_submission(both, runner=Runner.EEMBC), tmp_path, WHEN)
    assert check_tree(tmp_path) == []
    (script,) = (p for p in files if p.parts[-3:] == ("ic2", "performance", "script.async"))
    assert 'bload dut "ic01/0.bin"' in script.read_text()


@pytest.mark.parametrize(
    ("spoil", "finding", "fatal"),
    [
        (lambda root: (_place(root) / "accuracy" / "log.txt").unlink(), "has results", False),
        (
            lambda root: _replace(_place(root) / "accuracy" / "results.txt", "92.5", "84.9"),
            "84.9 is below 85",
            True,
        ),
        (
            lambda root: _replace(_place(root) / "accuracy" / "results.txt", " Top", "Top"),
            "tells no accuracy",
            True,
        ),
        (
            lambda root: _replace(_place(root) / "performance" / "results.txt", "Median", "Mean"),
            "tells no throughput",
            True,
        ),
        (
            lambda root: _replace(
                root / "closed" / "acme" / "systems" / "board.json", "rdi", "sold out"
            ),
            "Status",
            True,
        ),
        (
            lambda root: (root / "closed" / "acme" / "systems" / "board.json").rename(
                root / "closed" / "acme" / "systems" / "b.json"
            ),
            "missing",
            True,
        ),
        (lambda root: (_place(root) / "empty").mkdir(), "empty directory", True),
        (lambda root: (_place(root) / "link").symlink_to("x"), "symbolic", True),
        (lambda root: (_place(root) / "a b").write_text(""), "blank", False),
        (lambda root: (root / "stray").mkdir(), "neither open nor closed", False),
        (lambda root: _place(root).rename(_place(root).parent / "xyz"), "no benchmark", True),
    ],
)
def test_what_the_official_checker_says_is_said(
    tmp_path: Path, spoil: Callable[[Path], object], finding: str, fatal: bool
) -> None:
    write_tree(make_submission(make_runs()), tmp_path, WHEN)
    spoil(tmp_path)
    found = check_tree(tmp_path)
    assert any(finding in item.text and item.fatal is fatal for item in found), found


def test_a_description_without_a_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "board.json"
    path.write_text(json.dumps(dict.fromkeys(KEYS[:-1], "-")))
    with pytest.raises(ResultError, match="Training and Quantization Notes"):
        load_system(path)


def test_a_closed_model_of_another_file_is_compared(assets: Path, tmp_path: Path) -> None:
    network, _ = read_network(assets / "models" / BENCHMARKS["ic"].model_file)
    turned = replace(
        network.main,
        nodes=tuple(
            replace(node, inputs=node.inputs[::-1]) if node.op == "ADD" else node
            for node in network.main.nodes
        ),
    )
    weights = network.main.nodes[14].inputs[1]
    data = network.main.tensors[weights].data
    assert data is not None
    pruned = network.main.with_tensor(weights, data=bytes(len(data)))
    for graph, refusal in ((turned, ""), (pruned, "operation 14, FULLY_CONNECTED: weight")):
        path = tmp_path / "m.tflite"
        path.write_bytes(write_network(network.with_main(graph)))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        model = Asset(name="m.tflite", sha256=sha256, origin="given")
        submission = make_submission(make_runs(model=model))
        with pytest.raises(ResultError, match="not the reference model's file"):
            write_tree(submission, tmp_path / "tree", WHEN)
        submission = replace(submission, models=(path,))
        if refusal:
            with pytest.raises(ResultError, match=re.escape(refusal)):
                write_tree(submission, tmp_path / "tree", WHEN)
        else:
            assert write_tree(submission, tmp_path / "other", WHEN)
    assert not (tmp_path / "tree").exists()
