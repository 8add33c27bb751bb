"""The documentation: its commands are understood, its pages are made of what the code says."""

import graphlib
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import typer

from tests.conftest import ROOT
from tests.robustness.command import tinysim
from tinysim.benchmarks import BENCHMARKS
from tinysim.cli.verbs import VERBS
from tinysim.datasets import find_dataset
from tinysim.models.locate import assets_folder
from tinysim.models.twin import write_twin
from tinysim.results import Result

_DOCS = ROOT / "docs"
_PAGES = (ROOT / "README.md", *sorted(_DOCS.rglob("*.md")), *ROOT.glob("examples/*/README.md"))
_IN_FULL = (
    "quick-start", "own-model", "own-data", "own-firmware", "ci-gate", "what-if", "submission"
)  # fmt: skip
"""Pages whose commands need neither a board nor a download."""
_LONG = {"--official", "accuracy", "performance.json", "reference", "DIR"}
"""Words of commands that take minutes or a checkout of TFLM, and of those that follow them."""


def _commands(page: Path) -> list[list[str]]:
    """The words of each tinysim command in a block of shell, without its comment."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = (line for block in blocks for line in block.replace("\\\n", " ").splitlines())
    split = (shlex.split(line, comments=True) for line in lines)
    return [words[1:] for words in split if words and words[0] == "tinysim"]


def _every_command() -> Iterator[Any]:
    for page in _PAGES:
        for words in _commands(page):
            yield pytest.param(words, id=f"{page.stem}: {' '.join(words)}")


def _parse(words: list[str]) -> None:
    """Let a verb's own parser read its arguments, and carry nothing out."""
    verb, *arguments = words
    (found,) = (each for each in VERBS if each.name == verb)
    command = found.load()
    if hasattr(command, "commands"):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    command.make_context(verb, [word for word in arguments if word != "&"])


@pytest.mark.parametrize("words", [*_every_command()])
def test_a_documented_command_is_understood(words: list[str]) -> None:
    _parse(words)


def test_what_no_verb_understands_is_found() -> None:
    for words in (["run", "kws", "--officially"], ["profile"], ["history", "page", "h.duckdb"]):
        with pytest.raises(Exception, match=r"(?i)option|missing"):
            _parse(words)


def _official() -> Path | None:
    folder = assets_folder()
    model = folder / "models" / "kws_ref_model.tflite" if folder else None
    return model if model and model.is_file() else None


@pytest.fixture
def folder(firmware: Path, tmp_path: Path) -> Path:
    """What the tutorials start from: models, inputs, an image."""
    for name in ("my_model", "other"):
        (tmp_path / f"{name}.tflite").write_bytes(write_twin("kws"))
    if official := _official():
        shutil.copy(official, tmp_path / "my_model.tflite")
    inputs = np.random.default_rng(1).integers(-128, 128, (2, 49, 10, 1), dtype=np.int8)
    np.save(tmp_path / "x.npy", inputs)
    np.save(tmp_path / "y.npy", np.array([9, 3]))
    shutil.copy(firmware / "kws_dsp.elf", tmp_path / "app.elf")
    return tmp_path


@pytest.mark.parametrize("name", _IN_FULL)
def test_a_tutorials_commands_run(name: str, folder: Path) -> None:
    (page,) = (page for page in _PAGES if page.stem == name)
    environment = {**os.environ, "GITHUB_SHA": "abc"}
    tried = 0
    for words in _commands(page):
        if words[0] == "submit" or _LONG & set(words):
            continue
        if "closed" in words and _official() is None:
            continue  # a twin is not the reference model
        command = [sys.executable, "-m", "tinysim", *words]
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, (words, ran.stdout[-2000:], ran.stderr[-2000:])
        tried += 1
    assert tried


@pytest.mark.parametrize("name", ["quick-start", "own-model", "debugging", "python"])
def test_a_pages_python_runs(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (page,) = (page for page in _PAGES if page.stem == name and page.parent.name != "reference")
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    assert capsys.readouterr().out.strip()


def test_data_of_ones_own_are_made_as_the_tutorial_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (_DOCS / "tutorials" / "own-data.md").read_text()
    for benchmark in BENCHMARKS.values():
        if benchmark.dialogue.listens:
            assert benchmark.name not in page.partition("## The labels")[0]
            continue
        (row,) = re.findall(rf"^\| [^|]*\b{benchmark.name}\b[^|]* \|(.*)\|$", page, re.MULTILINE)
        place, size, numbers = (cell.strip() for cell in row.split("|"))
        assert place == f"`{benchmark.data_id}`"
        assert size.split()[0] == str(benchmark.input_bytes)
        layout = benchmark.layout.removeprefix("5 ") if benchmark.stride else benchmark.layout
        assert numbers == f"{benchmark.input_type}, {layout}"
        known = ", ".join(benchmark.classes[:-1]) + f" and {benchmark.classes[-1]}"
        assert known in page.replace("\n", " ") or benchmark.name.startswith("ic")
        counts = re.search(r"as many files: (.*?)\. ", page.replace("\n", " "))
        assert counts and re.search(rf"\b{benchmark.files} for [^,]*\b", counts[1])
    pytest.importorskip("scipy", reason="the extra `data` is not installed")
    monkeypatch.chdir(folder)
    exec(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0], {})
    monkeypatch.setenv("TINYSIM_ASSETS", "my_data")
    found = find_dataset(BENCHMARKS["kws"])
    assert [sample.label for sample in found.samples] == [9, 3] and not found.complete
    ran = tinysim("run", "kws", "--image", "app.elf", "--mode", "accuracy", "--json", "mine.json")
    assert ran.code in (0, 1) and "2 samples, a part of the data set" in ran.out


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module that makes pages."""
    monkeypatch.syspath_prepend(str(_DOCS / "generate"))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load


def test_every_option_is_on_the_page_of_commands(made: Any) -> None:
    page = made("commands").page()

    def check(command: Any, name: str) -> None:
        for own, child in getattr(command, "commands", {}).items():
            check(child, f"{name} {own}")
        if hasattr(command, "commands"):
            return
        section = re.split(rf"^#+ {name}$", page, flags=re.MULTILINE)[1].split("\n## ")[0]
        section = section.split("\n### ")[0]
        for parameter in command.get_params(typer.Context(command)):
            for word in (*parameter.opts, *parameter.secondary_opts):
                if word.startswith("--") and word != "--help":
                    assert f"`{word}`" in section, f"{name} {word}"
        assert set(re.findall(r"`(--[a-z-]+)`(?=[,` |]*\|)", section)) <= {
            word
            for parameter in command.get_params(typer.Context(command))
            for word in (*parameter.opts, *parameter.secondary_opts)
        }

    for verb in VERBS:
        check(verb.load(), verb.name)


def test_every_field_is_on_the_page_of_the_schema(made: Any) -> None:
    page = made("schema").page()
    schema = Result.model_json_schema()
    for name, part in {"Result": schema, **schema["$defs"]}.items():
        section = re.split(rf"^## {name}$", page, flags=re.MULTILINE)[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(part["properties"])
    assert "| `ram` | integer or null | yes |" in page
    assert "Over the inputs that were used." in page


def test_the_picture_has_imports_from_above_to_below(made: Any, tmp_path: Path) -> None:
    architecture = made("architecture")
    for name, content in {
        "low": "x = 1\n",
        "left": "from ..low import x\n",
        "right": "def f():\n    from tinysim.low import z\n",
        "top": "from .. import left, right\n",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(content)
    graph = architecture.imports(tmp_path)
    assert graph["top"] == {"left", "right"} and graph["right"] == {"low"}
    rows = architecture.layers(graph)
    assert "low" in rows[0] and rows[1:] == [["left", "right"], ["top"]]
    (tmp_path / "low" / "__init__.py").write_text("from ..top import x\n")
    with pytest.raises(graphlib.CycleError, match="top"):
        architecture.layers(architecture.imports(tmp_path))
    picture = architecture.picture()
    assert ">engines<" in picture and ">_core<" in picture


def test_rooms_import_in_one_direction(made: Any) -> None:
    """None imports another in a circle, and engines know nothing of runs."""
    architecture = made("architecture")
    graph = architecture.imports()
    level = {room: at for at, row in enumerate(architecture.layers(graph)) for room in row}
    assert level["benchmarks"] < level["engines"] < level["runs"] < level["cli"]
    assert "runs" not in graph["engines"] | graph["platform"] | graph["devices"]


def test_the_site_is_whole_and_needs_no_network(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="pip install 'tinysim[docs]'")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "-d", str(tmp_path)]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        loaded = re.findall(
            r"<(?:script|img|iframe)[^>]*\bsrc=\"?(https?:)?//"
            r"|<link[^>]*rel=\"?(?:stylesheet|preconnect|icon)[^>]*href=\"?https?://"
            r"|url\(\"?https?://",
            page.read_text(encoding="utf-8"),
        )
        assert not loaded, page
    python = (tmp_path / "reference" / "python.html").read_text()
    assert "breakpoint; the lines that came on the way" in python
    assert (tmp_path / "architecture" / "imports.svg").read_text().startswith("<svg")
    assert "Boot Board" in (tmp_path / "reference" / "robot-keywords.html").read_text()
    limits = (tmp_path / "limits.html").read_text()
    assert re.search(r"<li>\s*(<p>)?DMA moves an item", limits)


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Of what MkDocs does not build, and where pages are read as they are."""
    made = {
        "commands.md",
        "schema.md",
        "robot.md",
        "limits.md",
        "imports.svg",
        "robot-keywords.html",
    }
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not re.match(r"[a-z]+:", target) and Path(target).name not in made:
            assert (page.parent / target).exists(), target
