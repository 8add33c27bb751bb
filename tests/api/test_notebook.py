"""What a notebook shows, and the example that is one."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import tinysim
from tests.conftest import ROOT
from tests.pages.content import make_profile, make_results
from tests.sample_results import make_result
from tinysim.api.frames import result_row
from tinysim.api.measuring import _inputs
from tinysim.api.shown import ShownProfile, ShownResult, ShownResults
from tinysim.errors import (
    AssetError,
    EngineError,
    ImageError,
    ProtocolError,
    TinySimError,
    ToolError,
)
from tinysim.models.network import Graph, Tensor
from tinysim.results import ErrorBand

_EXAMPLE = ROOT / "examples" / "notebook" / "board.ipynb"


def _printed(shown: object, width: int = 120) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(shown)
    return out.getvalue()


def _fragment(shown: object) -> str:
    text: str = shown._repr_html_()  # type: ignore[attr-defined]
    assert text.lstrip().startswith('<div class="tinysim">') and "<script" not in text
    assert text.count("<div") == text.count("</div>")
    return text


def test_a_result_shows_itself_everywhere() -> None:
    result = ShownResult.of(make_results()[0])
    assert "15.18 ±0.6%" in _printed(result) and "15.18 ±0.6%" in _fragment(result)
    assert "One inference over time" in _fragment(result)
    row = result.to_frame().iloc[0]
    assert (row.benchmark, row.latency_us, row.flash) == ("ic", 15_180.0, 480_404)


def test_a_result_that_is_shown_is_stored_like_any_other(tmp_path: Path) -> None:
    for result in make_results():
        shown = ShownResult.of(result)
        file = tmp_path / "out.json"
        file.write_text(shown.model_dump_json())
        assert tinysim.load_results(file)[0] == shown


def test_several_results_are_a_row_each() -> None:
    results = ShownResults.of(make_results())
    assert list(results.to_frame().latency_us) == [r.latency_us for r in make_results()]
    assert _fragment(results).count('scope="row"') == 8
    assert "T2" in _printed(results, 200)
    assert max(map(len, _printed(results, 80).splitlines())) <= 80


def test_a_profile_is_two_frames() -> None:
    profile = ShownProfile.of(make_profile(), "ic")
    operations = profile.to_frame()
    assert list(operations.cycles) == [cost.cycles for cost in profile.layers]
    assert operations["stall.fetch"].sum() == sum(
        cost.stalls["stall.fetch"] for cost in profile.layers
    )
    assert list(profile.to_frame("functions").name) == [cost.name for cost in profile.functions]
    assert "Flame graph" in _fragment(profile) and "CONV_2D" in _printed(profile)


def test_a_comparison_says_how_far_apart_and_whether_the_same() -> None:
    first = make_result(latency_us=1100.0)
    found = tinysim.compare(first, [make_result()])
    assert found.is_same
    assert found.to_frame().off[0] == pytest.approx(0.1)
    assert "+10.00%" in _printed(found) and "+10.00%" in _fragment(found)
    with pytest.raises(TinySimError, match="in common"):
        tinysim.compare(first, make_result(benchmark="kws"))


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ToolError, match=r"pip install 'tinysim\[notebook\]'"):
        ShownResult.of(make_result()).to_frame()


def test_arrays_are_inputs_as_bytes_are(firmware: Path) -> None:
    array = np.arange(490, dtype=np.uint16).astype(np.int8).reshape(49, 10)
    with tinysim.Board(firmware / "kws_dsp.elf", tier="T0") as board:
        board.boot()
        by_bytes = board.infer(array.tobytes())
        assert board.infer(array).output == by_bytes.output
        turned = np.asfortranarray(array)
        assert board.infer(turned).output == by_bytes.output
        assert board.infer(array.T).output != by_bytes.output
        with pytest.raises(ProtocolError, match=r"an input of float64, int8 was expected"):
            board.infer(array.astype(float))


def test_a_board_shows_what_it_is_and_profiles(firmware: Path) -> None:
    with tinysim.Board(firmware / "kws_dsp.elf") as board:
        assert "not booted" in _printed(board)
        board.boot()
        assert re.search(r"state\s+│ booted", _printed(board)) and "kws_dsp.elf" in _fragment(board)
        profile = board.profile(bytes(490))
        answer = board.infer(bytes(490))
        assert profile.cycles == pytest.approx(answer.cycles, rel=0.001)
        assert len(profile.layers) == 13
        with pytest.raises(ImageError, match="no symbol 'nothing'"):
            board.profile(bytes(490), "nothing")
        with pytest.raises(EngineError, match="'main' was not called"):
            board.profile(bytes(490), "main")


def test_python_runs_a_benchmark_as_the_command_does(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    command = [sys.executable, "-m", "tinysim", "run", "kws", "--json", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    ours, theirs = tinysim.run("kws"), tinysim.load_results(target)[0]
    assert result_row(ours) == result_row(theirs)
    assert ours.fingerprint == theirs.fingerprint
    with pytest.raises(TinySimError, match="no benchmark 'x'"):
        tinysim.run("x")


def _readmes_example(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """The code in the README, and what it prints."""
    readme = (ROOT / "README.md").read_text()
    code = readme[readme.index("import numpy as np\nimport tinysim") :].partition("```")[0]
    exec(compile(code, "README.md", "exec"), {})
    return readme, capsys.readouterr().out.splitlines()


def test_the_readmes_example_runs_without_models_and_data(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TINYSIM_ASSETS", raising=False)
    _, printed = _readmes_example(capsys)
    assert re.fullmatch(r"\d\d\.\d\d ms", printed[0]) and "CONV_2D" in printed[3]


@pytest.mark.usefixtures("assets")
def test_the_readmes_example_prints_what_the_readme_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme, (first, second, *_) = _readmes_example(capsys)
    assert f"# {first}, the table's number" in readme
    assert re.search(rf"\u2502 kws +\u2502 +{re.escape(first.split()[0])} ±0.6% \u2502", readme)
    assert f"`answer` takes {second.partition(' ms')[0]} ms and not {first[:-3]}" in readme


def test_the_example_notebook_runs(tmp_path: Path) -> None:
    arguments = ("--to", "notebook", "--execute", str(_EXAMPLE), "--output-dir", str(tmp_path))
    ran = subprocess.run(
        [sys.executable, "-m", "nbconvert", *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    cells = json.loads((tmp_path / "board.ipynb").read_text())["cells"]
    shown = [
        "".join(output["data"]["text/html"])
        for cell in cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert len(shown) == 5
    for piece, words in zip(
        shown, ("NUCLEO-L4R5ZI", "Flame graph", "±0.6%", "equal files", "second_latency_us"),
        strict=True,
    ):  # fmt: skip
        assert words in piece


def test_the_example_is_kept_without_its_outputs() -> None:
    for cell in json.loads(_EXAMPLE.read_text())["cells"]:
        assert not cell.get("outputs") and not cell.get("execution_count")


def test_what_is_printed_plainly_is_one_line() -> None:
    band = ErrorBand(worst=0.006, mean=0.004, images=4)
    result = ShownResult.of(make_result(error_band=band))
    assert (
        repr(result)
        == str(result)
        == (
            "<Result of ic, accuracy: 1.00 ms ±0.6%, builtin T3, NUCLEO-L4R5ZI, "
            "75.0% of 4 (FAIL 85%)>"
        )
    )
    changed = result.model_copy(update={"options": {"clock": 80_000_000}, "error_band": None})
    assert "1.00 ms without a band, builtin T3, NUCLEO-L4R5ZI, changed" in repr(changed)
    assert repr(result.profile) == "<Profile of ic: 120,000 cycles, 2 operations, 2 functions>"


def test_a_models_inputs_are_files_or_arrays(tmp_path: Path) -> None:
    arrays = np.zeros((2, 3), np.int8), np.ones((2, 4), np.float32)
    tensors = Tensor("x", (1, 3), "INT8"), Tensor("y", (1, 4), "FLOAT32")
    one, two = (Graph(tensors[:n], (), tuple(range(n)), ()) for n in (1, 2))
    np.save(tmp_path / "x.npy", arrays[0])
    np.savez(tmp_path / "xy.npz", *arrays)
    for graph, file, given in ((one, "x.npy", arrays[0]), (two, "xy.npz", arrays)):
        read, taken = (_inputs(graph, inputs) for inputs in (tmp_path / file, given))
        assert [part.data for part in read] == [part.data for part in taken]
        assert [part.name for part in taken] == ["inputs[0]", "inputs[1]"]
    with pytest.raises(AssetError, match=r"inputs: shape \[2, 4\] where the model's input is"):
        _inputs(one, arrays[1].astype(np.int8))
