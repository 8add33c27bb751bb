"""What a benchmark asks of a board: a strategy beside its data."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import AssetError, TinySimError

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..results import Profile, Result
    from ..runs.session import Progress, Setup
    from .base import Benchmark


class Dialogue(Protocol):
    """How a benchmark's data are read, how a board is asked, and what the result holds."""

    modes: tuple[str, ...]
    """What can be measured."""
    submitted: tuple[str, ...]
    """The modes that a submission must have; one of what listens has all in one."""
    engines: tuple[str, ...]
    """Whose boards can be asked; any where there is none."""
    listens: bool
    """Whether inputs are sounds that the board hears."""
    function: str
    """The submitter's function that is one inference."""

    def read_folder(
        self, benchmark: "Benchmark", folder: Path, origin: str, limit: int | None
    ) -> "Dataset":
        """The first `limit` samples of a data set in the official runner's layout.

        Raises:
            AssetError: it is damaged.

        """

    def invent(self, benchmark: "Benchmark", limit: int | None) -> "Dataset":
        """Seeded samples, where there is no data set."""

    def run(
        self,
        setup: "Setup",
        mode: str,
        progress: "Progress | None" = None,
        *,
        resume: bool = False,
    ) -> "Result":
        """Measure.

        Raises:
            TinySimError: the mode is none of the benchmark's, or the board does not do its part.

        """

    def profile(self, setup: "Setup", function: str) -> "Profile | None":
        """What one call of a function takes, on the first input; None where it was not called."""


class Inferences:
    """The dialogue of EEMBC's firmware: load an input, infer, read the answer."""

    modes: tuple[str, ...] = ("performance", "accuracy", "energy")
    submitted: tuple[str, ...] = ("accuracy", "performance")
    engines: tuple[str, ...] = ()
    listens = False
    function = "th_infer"

    def read_folder(
        self, benchmark: "Benchmark", folder: Path, origin: str, limit: int | None
    ) -> "Dataset":
        from ..datasets import read_dataset

        if not (folder / "y_labels.csv").exists():
            raise AssetError(f"{folder}: there is no y_labels.csv in this data set")
        return read_dataset(benchmark, folder, origin, limit)

    def invent(self, benchmark: "Benchmark", limit: int | None) -> "Dataset":
        from ..datasets import seeded

        return seeded(benchmark, limit)

    def run(
        self,
        setup: "Setup",
        mode: str,
        progress: "Progress | None" = None,
        *,
        resume: bool = False,
    ) -> "Result":
        from .. import runs

        if mode == "accuracy":
            return runs.run_accuracy(setup, progress, resume=resume)
        return (runs.run_energy if mode == "energy" else runs.run_performance)(setup, progress)

    def profile(self, setup: "Setup", function: str) -> "Profile | None":
        from ..runs.profile import profile_inference
        from ..runs.session import boot

        with boot(setup) as booted:
            booted.dut.load(setup.dataset.samples[0].inputs[0])
            return profile_inference(setup, booted, function)


def require_engine(benchmark: "Benchmark", engine: str) -> None:
    """Refuse an engine whose boards cannot be asked.

    Raises:
        TinySimError: the text names those whose can.

    """
    engines = benchmark.dialogue.engines
    if engines and engine not in engines:
        known = " and ".join(engines)
        raise TinySimError(
            f"{benchmark.name}: --engine {engine} has no board for it yet, only {known}"
        )


def require_mode(benchmark: "Benchmark", mode: str) -> None:
    """Refuse what a benchmark cannot be measured in.

    Raises:
        TinySimError: the text names what there is.

    """
    if mode not in benchmark.dialogue.modes:
        known = " and ".join(benchmark.dialogue.modes)
        raise TinySimError(f"{benchmark.name}: there is no {mode} mode yet, only {known}")
