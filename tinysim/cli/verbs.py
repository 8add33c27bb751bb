"""The verbs of the command line, each imported when it is asked for: what `--help` says of them is
here, so that it costs no import.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand

from ..version import __version__
from .help import Group, Verbs


@dataclass(frozen=True)
class Verb:
    """A verb, the module of this package and the name in it that carries it out, and its purpose,
    which is that function's first line.
    """

    name: str
    module: str
    function: str
    purpose: str

    def load(self) -> Any:
        """The command with all of its options."""
        found = getattr(importlib.import_module(f".{self.module}", __package__), self.function)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = self.name
            return group
        app = Verbs(add_completion=False)
        app.command(self.name)(found)
        return typer.main.get_command(app)


VERBS = (
    Verb("run", "run", "run", "Run benchmarks, or model files, on a board and print a table."),
    Verb(
        "profile",
        "profile",
        "profile",
        "Count an inference's cycles by operation of the model and by function.",
    ),
    Verb(
        "report",
        "report",
        "report",
        "Render stored results; nothing is run. Without an option, print the table.",
    ),
    Verb("baseline", "baseline", "app", "Store what benchmarks cost, to fail runs that are worse."),
    Verb(
        "gate",
        "gate",
        "gate",
        "Judge stored results in CI; write what it shows: summary, JUnit, pages.",
    ),
    Verb("history", "history", "app", "Keep results by commit, and show when they changed."),
    Verb(
        "validate",
        "validate",
        "validate",
        "Compare estimated latencies of published images with what silicon measured.",
    ),
    Verb(
        "compare",
        "compare",
        "compare",
        "Show the results of two runs side by side; exit code 1 when outputs differ.",
    ),
    Verb(
        "compare-engines",
        "compare_engines",
        "compare_engines",
        "Run a benchmark on two engines at the same tier; exit code 1 when outputs differ.",
    ),
    Verb(
        "compare-models",
        "compare_models",
        "compare_models",
        "Run models and put latency, memory and, with labels, accuracy side by side.",
    ),
    Verb(
        "exec", "execute", "execute", "Run any image on the emulated board and print what it says."
    ),
    Verb(
        "debug",
        "debug",
        "debug",
        "Wait for gdb with the board at its first instruction; print what the board says.",
    ),
    Verb(
        "trace",
        "trace",
        "trace",
        "Run any image and record what happens when: for GTKWave, for Perfetto, or for both.",
    ),
    Verb(
        "serve",
        "serve",
        "serve",
        "Serve the board's serial port until interrupted; print its name when it is ready.",
    ),
    Verb(
        "official-runner",
        "official",
        "official_runner",
        "Run the official Python runner, as it is, against the emulated board.",
    ),
    Verb(
        "submit",
        "submit",
        "submit",
        "Write the results tree of a submission, or check one; exit code 1 when it is not valid.",
    ),
    Verb(
        "check",
        "check",
        "check",
        "Say whether a model will run on the board, by which kernels, and what it will take.",
    ),
    Verb("build", "build", "build", "Build the firmware and print where its images are."),
    Verb("data", "data", "app", "Official models, and data sets from raw archives."),
    Verb(
        "train",
        "train",
        "train",
        "Train a benchmark's reference model, by the reference's schedule.",
    ),
    Verb(
        "compress",
        "compress",
        "compress",
        "Shrink a model in one of three ways and train it further; for the open division.",
    ),
    Verb(
        "quantize",
        "quantize",
        "quantize",
        "Quantize a float model to a TFLite model of integers, without training it.",
    ),
    Verb(
        "evaluate",
        "evaluate",
        "evaluate",
        "Evaluate a model on the host: accuracy, AUC, ROC and confusion.",
    ),
    Verb(
        "sweep",
        "sweep",
        "sweep",
        "Measure every combination of models, kernels and boards; exit code 1 when a point failed.",
    ),
    Verb("query", "sweep", "query", "Query a sweep's table by SQL."),
    Verb(
        "ports",
        "ports",
        "ports",
        "List serial ports, ST-LINKs first; exit code 1 when there is none.",
    ),
    Verb(
        "doctor",
        "doctor",
        "doctor",
        "Show what is installed and where, and the command that installs what is missing.",
    ),
    Verb("schema", "schema", "schema", "Print the JSON schema of a result."),
)


class Root(Group):
    """The root of the command line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._verbs = {verb.name: verb for verb in VERBS}
        self.commands = {verb.name: TyperCommand(verb.name, help=verb.purpose) for verb in VERBS}
        self._is_listing = False

    def get_command(self, context: Any, name: str) -> Any:
        """The command, or for a list of them what stands for it."""
        if self._is_listing or name not in self._verbs:
            return self.commands.get(name)
        return self._verbs[name].load()

    def format_help(self, context: Any, formatter: Any) -> None:
        """Write the list of verbs."""
        self._is_listing = True
        try:
            super().format_help(context, formatter)
        finally:
            self._is_listing = False


def _version(wanted: bool) -> None:
    if wanted:
        from .. import _core

        typer.echo(f"tinysim {__version__}, engine {_core.build}")
        raise typer.Exit


def app() -> typer.Typer:
    """The command line."""
    root = Verbs(
        cls=Root,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )

    @root.callback()
    def tinysim(
        version: bool = typer.Option(
            False, "--version", callback=_version, is_eager=True, help="versions, of the engine too"
        ),
    ) -> None:
        """MLPerf Tiny without the board."""

    return root
