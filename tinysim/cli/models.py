"""What the verbs do that are given a model file instead of a benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..engines.kinds import kind_of
from ..errors import TinySimError
from ..firmware.model_images import ModelImage, build_model
from ..models.inputs import load_inputs, load_labels, seeded_inputs
from ..models.prepare import Prepared, prepare
from ..results import Result
from ..runs import Setup
from ..runs.model import model_setup, run_model
from .console import ALL, show, warn, width
from .options import Tier, settings
from .progress import waiting
from .show import more

SUFFIX = ".tflite"


@dataclass(frozen=True)
class ModelRequest:
    """A run of a model of one's own, as the command line has it."""

    path: Path
    inputs: Path | None = None
    variant: str = "dsp"
    engine: str = "builtin"
    tier: Tier | None = None
    sets: tuple[str, ...] = ()
    strict: bool = False
    labels: Path | None = None
    folding: bool = True

    def setup(self) -> tuple[Setup, Prepared, list[int]]:
        """The model made ready, all that decides its run, and its inputs' classes.

        Raises:
            TinySimError: the model or an argument cannot be used, or labels do not go with the
                inputs.

        """
        kind = kind_of(self.engine)
        if kind.is_silicon:
            raise TinySimError("a model file runs on an emulated board: builtin or renode")
        options = settings(self.engine, self.sets)
        if self.strict:
            options["strict"] = True
        options["tier"] = (self.tier or Tier(kind.tier(Tier.T3.value))).value
        prepared = prepare(self.path, folding=self.folding)
        graph = prepared.network.main
        inputs = load_inputs(graph, self.inputs) if self.inputs else seeded_inputs(graph)
        labels = load_labels(graph, self.labels, len(inputs)) if self.labels else []
        with waiting(f"building firmware with {self.path.name}"):
            setup = model_setup(
                prepared, inputs, variant=self.variant, engine=self.engine, options=options
            )
        return setup, prepared, labels

    def run(self) -> Result:
        """Run it.

        Raises:
            TinySimError: see `setup`.

        """
        setup, prepared, labels = self.setup()
        with waiting(f"running {self.path.name}"):
            return run_model(setup, prepared, labels)


def is_model(name: str) -> bool:
    """Whether an argument is a model file rather than a benchmark's name."""
    return name.lower().endswith(SUFFIX)


def model_paths(names: Sequence[str]) -> list[Path]:
    """The arguments as model files; empty where they are benchmarks.

    Raises:
        TinySimError: some are and some are not.

    """
    paths = [Path(name) for name in names if is_model(name)]
    if paths and len(paths) != len(names):
        raise TinySimError("benchmarks and model files do not go together in one run")
    return paths


def build_model_file(
    path: Path, variant: str, *, energy: bool = False, folding: bool = True
) -> ModelImage:
    """The image of the firmware for any model with this one in it."""
    prepared = prepare(path, folding=folding)
    with waiting(f"building firmware with {path.name}"):
        return build_model(prepared, variant, energy=energy)


def show_models(results: Sequence[Result], *, wide: bool = False) -> None:
    """Print the table, and what is to be known of each."""
    from ..reports import text
    from ..reports.model import make_models

    table, left_out = make_models(results, ALL if wide else width())
    notes = more(left_out) + text.notes(results)
    for result in results:
        if result.plan:
            notes.append(f"{result.benchmark}: arena: {text.plan(result)}")
        if result.estimate:
            notes.append(f"{result.benchmark}: estimated beforehand: {text.estimate(result)}")
        if result.host and result.host.note:
            notes.append(f"{result.benchmark}: on the host: {result.host.note}")
        if result.host is None:
            notes.append(
                f"{result.benchmark}: to compare with the host: pip install 'tinysim[host]'"
            )
    show(table, notes, whole=wide)


def say_differing(results: Sequence[Result]) -> bool:
    """Whether an answer was not the host's, which is said on stderr."""
    wrong = [result for result in results if result.host and result.host.is_wrong]
    for result in wrong:
        warn(f"{result.benchmark}: answers differ from the host's")
    return bool(wrong)
