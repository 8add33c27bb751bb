"""What a sweep tries: every combination of what stands in a TOML file.

    inputs = "x.npy"                    # as `tinysim run --input`; seeded ones without
    labels = "y.npy"                    # the class of each

    [axes]
    model = ["a.tflite", "b.tflite"]
    variant = ["dsp", "reference"]      # dsp without
    flags = ["", "-Os"]                 # of the compiler, after the firmware's own
    board = ["nucleo_l4r5zi", "my.toml"]
    tier = ["T3"]                       # T3 without
    folding = [true, false]             # true without: `tinysim run --folding`
    clock = ["120MHz", "80MHz"]         # and everything else that `--set` takes
    "flash.latency" = [5, 3]

Paths are seen from the file's folder.
"""

import hashlib
import itertools
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..engines.kinds import DEFAULT_ENGINE, kind_of
from ..errors import TinySimError
from ..firmware.flags import require_flags
from ..platform import Board, load_board
from ..platform.option import Value
from ..storage import read_text
from ..variant import parse_variant

_BOARD = "nucleo_l4r5zi"
_OWN = {
    "model": "",
    "variant": "dsp",
    "flags": "",
    "board": _BOARD,
    "tier": "T3",
    "folding": "true",
}
_WORDS = {"tier": ("T0", "T1", "T2", "T3"), "folding": ("true", "false")}
_MOST_POINTS = 100_000
_MOST_TEXT = 1 << 20


@dataclass(frozen=True)
class Point:
    """One combination. `settings` are the axes' values as they stand in the file."""

    settings: tuple[tuple[str, str], ...]
    model: Path
    inputs: Path | None = None
    labels: Path | None = None
    board: Path | None = None
    """The `.toml` of a board of one's own; None for one that comes with tinysim."""
    content: str = ""
    """sha256 over the files above, as far as a point is another one with other content."""

    @property
    def key(self) -> str:
        """The same for the same point with the same files."""
        rest = [self.settings, str(self.inputs), str(self.labels), self.content]
        return hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:20]

    def value(self, axis: str) -> str:
        """Of an axis, or what holds without it."""
        return dict(self.settings).get(axis, _OWN.get(axis, ""))

    def options(self) -> dict[str, Value]:
        """Of the board.

        Raises:
            TinySimError: one is unknown or out of range.

        """
        given: dict[str, Value] = {k: v for k, v in self.settings if k not in _OWN}
        return kind_of(DEFAULT_ENGINE).checked(given)

    def load_board(self) -> Board:
        """The board that the point is measured on.

        Raises:
            PlatformError: there is none of that name, or its description cannot be followed.

        """
        if self.board is None:
            return load_board(self.value("board"))
        return load_board(self.board.stem, self.board.parent)


@dataclass(frozen=True)
class Grid:
    """All points of a sweep."""

    axes: tuple[str, ...]
    points: tuple[Point, ...]


def read_grid(path: Path) -> Grid:
    """The grid in a TOML file.

    Raises:
        TinySimError: it is no such file; the text names the line or the axis.
        StorageError: it cannot be read.

    """
    try:
        content = tomllib.loads(read_text(path, _MOST_TEXT))
    except tomllib.TOMLDecodeError as error:
        raise TinySimError(f"{path}: {error}") from None
    axes = content.pop("axes", None)
    if not isinstance(axes, dict) or not axes.get("model"):
        raise TinySimError(f"{path}: an [axes] table with 'model' was expected")
    files = {name: content.pop(name, None) for name in ("inputs", "labels")}
    if content:
        raise TinySimError(f"{path}: '{next(iter(content))}' is not known here")
    values = {name: _values(path, name, given) for name, given in axes.items()}
    count = 1
    for choices in values.values():
        count *= len(choices)
    if count > _MOST_POINTS:
        raise TinySimError(f"{path}: {count} points; {_MOST_POINTS} at most")
    inputs, labels = (None if name is None else path.parent / str(name) for name in files.values())
    points = []
    contents: dict[Path, str] = {}
    for chosen in itertools.product(*values.values()):
        settings = tuple(zip(values, chosen, strict=True))
        named = dict(settings)
        model = path.parent / named["model"]
        own = named.get("board", "").endswith(".toml")
        board = path.parent / named["board"] if own else None
        if not model.is_file():
            raise TinySimError(f"{path}: {model}: there is no such model file")
        used = [file for file in (model, board) if file]
        for file in set(used) - contents.keys():
            contents[file] = _sha256(file)
        point = Point(
            settings, model, inputs, labels, board, "".join(contents[file] for file in used)
        )
        try:
            point.options()
        except TinySimError as error:
            raise TinySimError(f"{path}: {error}") from None
        points.append(point)
    return Grid(tuple(values), tuple(points))


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _check(path: Path, name: str, text: str) -> None:
    """Refuse a value of one of our own axes that is none."""
    try:
        if name == "variant":
            parse_variant(text)
        elif name == "flags":
            require_flags(text)
        elif name == "board":
            own = text.endswith(".toml")
            load_board(
                Path(text).stem if own else text, (path.parent / text).parent if own else None
            )
        elif name in _WORDS and text not in _WORDS[name]:
            raise TinySimError(f"{name} '{text}'; there are: {', '.join(_WORDS[name])}")
    except TinySimError as error:
        raise TinySimError(f"{path}: {error}") from None


def _values(path: Path, name: str, given: object) -> list[str]:
    choices = given if isinstance(given, list) else [given]
    if not choices or not all(isinstance(choice, str | int | float) for choice in choices):
        raise TinySimError(f"{path}: {name}: a list of texts or numbers was expected")
    texts = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in choices]
    for text in texts:
        _check(path, name, text)
    if len(set(texts)) != len(texts):
        raise TinySimError(f"{path}: {name}: a value is given twice")
    return texts
