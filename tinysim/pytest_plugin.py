"""The pytest plug-in: a fixture `board`, and budgets of cycles by function.

pytest imports this file in every run, so that it imports nothing that takes time until a test asks
for a board.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .api.board import Board, Watch

_PROPERTY = "tinysim.cycles"
_MARKERS = (
    "cycles(function, max=N, min=0): every call of this function by the test takes at most `max` "
    "cycles of the board, callees included; a function that was not called fails too",
    "firmware(image, boot=True): the image, or a benchmark's name, that the fixture `board` runs; "
    "`boot=False` for firmware that does not speak the benchmark's protocol",
)


@dataclass(frozen=True)
class _Budget:
    """What a marker `cycles` says."""

    function: str
    most: int
    least: int

    @classmethod
    def of(cls, mark: pytest.Mark) -> "_Budget":
        names = dict(mark.kwargs)
        most, least = names.pop("max", None), names.pop("min", 0)
        wrong = names or len(mark.args) != 1 or not isinstance(mark.args[0], str)
        if wrong or not (_is_count(most) and _is_count(least) and least <= most):
            raise pytest.UsageError('expected @pytest.mark.cycles("FUNCTION", max=N, min=0)')
        return cls(mark.args[0], most, least)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what a project can say."""
    group = parser.getgroup("tinysim", "an emulated board")
    group.addoption(
        "--tinysim-board",
        action="store_true",
        help="run the tests that use the fixture `board`, which are skipped otherwise",
    )
    group.addoption(
        "--tinysim-firmware", metavar="IMAGE", help="what the board runs, instead of the ini value"
    )
    for name, said, default in (
        ("tinysim_firmware", "what the board runs: an image, or a benchmark's name", ""),
        ("tinysim_board", "the board: a name, or a board's .toml", "nucleo_l4r5zi"),
        ("tinysim_tier", "how time is counted: T0, T1, T2 or T3", "T3"),
    ):
        parser.addini(name, said, "string", default)
    parser.addini("tinysim_set", "NAME=VALUE, a line each, as `tinysim run --set`", "linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Let pytest know the markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture
def board(request: pytest.FixtureRequest) -> Iterator["Board"]:
    """A `tinysim.Board` with the project's firmware, booted; a new one for each test."""
    config = request.config
    if not config.getoption("--tinysim-board"):
        pytest.skip("needs a board: pytest --tinysim-board")
    from .errors import TinySimError

    mark = request.node.get_closest_marker("firmware")
    try:
        made = _make(config, mark)
    except TinySimError as error:
        pytest.fail(f"no board: {error}", pytrace=False)
    with made:
        yield made


def _make(config: pytest.Config, mark: pytest.Mark | None) -> "Board":
    from .api.board import Board
    from .benchmarks import BENCHMARKS

    named, boots = _firmware(config, mark)
    image: str | Path = named if named in BENCHMARKS else config.rootpath / named
    name = config.getini("tinysim_board")
    if name.endswith(".toml"):
        name = str(config.rootpath / name)
    made = Board(image, tier=config.getini("tinysim_tier"), board=name, **_settings(config))
    try:
        if boots:
            made.boot()
        else:
            made.reset()
    except BaseException:
        made.close()
        raise
    return made


def _settings(config: pytest.Config) -> dict[str, Any]:
    pairs = [line.partition("=")[::2] for line in config.getini("tinysim_set")]
    if any(not (name and value) for name, value in pairs):
        raise pytest.UsageError("tinysim_set: NAME=VALUE was expected in each line")
    return {name.strip(): value.strip() for name, value in pairs}


def _firmware(config: pytest.Config, mark: pytest.Mark | None) -> tuple[str, bool]:
    """The image, and whether it says when it has booted."""
    named = config.getoption("--tinysim-firmware") or config.getini("tinysim_firmware")
    boots = True
    if mark:
        names = dict(mark.kwargs)
        boots = names.pop("boot", True)
        if names or len(mark.args) > 1:
            raise pytest.UsageError('expected @pytest.mark.firmware("IMAGE", boot=True)')
        named = str(mark.args[0]) if mark.args else named
    if not named:
        raise pytest.UsageError(
            "the fixture `board` has no firmware: set tinysim_firmware in the project's pytest "
            "settings, or give --tinysim-firmware IMAGE"
        )
    return named, boots


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse budgets that would not be looked at."""
    for mark in item.iter_markers("cycles"):
        _Budget.of(mark)
        if "board" not in getattr(item, "fixturenames", ()):
            raise pytest.UsageError("@pytest.mark.cycles needs a test with the fixture `board`")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch the functions with a budget while the test runs; then compare."""
    budgets = [_Budget.of(mark) for mark in item.iter_markers("cycles")]
    if not budgets:
        return (yield)
    board: Board = getattr(item, "funcargs")["board"]  # noqa: B009 - only functions have it
    from .errors import TinySimError

    try:
        watches = [board.watch(budget.function) for budget in budgets]
    except TinySimError as error:
        pytest.fail(str(error), pytrace=False)
    result = yield
    said = []
    for budget, watch in zip(budgets, watches, strict=True):
        item.user_properties.append((_PROPERTY, _measured(budget, watch)))
        said += _complaints(budget, watch)
    if said:
        pytest.fail("\n".join(said), pytrace=False)
    return result


def _measured(budget: _Budget, watch: "Watch") -> str:
    cycles = [call[1] for call in watch.calls]
    return f"{budget.function} {len(cycles)} {max(cycles, default=0)} {budget.most}"


def _complaints(budget: _Budget, watch: "Watch") -> list[str]:
    name, calls = budget.function, watch.calls
    if not calls:
        return [f"{name}: no call of it returned during the test, so that its budget says nothing"]
    said = []
    for number, (_, cycles) in enumerate(calls, 1):
        which = f"{name}, call {number} of {len(calls)}: {cycles:,} cycles"
        if cycles > budget.most:
            over = cycles - budget.most
            share = f" ({over / budget.most:.1%})" if budget.most else ""
            said.append(f"{which} are {over:,}{share} over the budget of {budget.most:,}")
        elif cycles < budget.least:
            said.append(f"{which} are fewer than the {budget.least:,} expected at least")
    return said


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what each function took of its budget."""
    lines = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            lines += [
                _line(report.nodeid, text)
                for name, text in report.user_properties
                if name == _PROPERTY
            ]
    if lines:
        terminalreporter.section("cycles of the board")
        for line in sorted(lines):
            terminalreporter.write_line(line)


def _line(test: str, text: str) -> str:
    function, calls, most, budget = text.rsplit(" ", 3)
    share = f"{int(most) / int(budget):.1%}" if int(budget) else "-"
    return f"{test}  {function}: {int(most):,} of {int(budget):,} ({share}), calls: {calls}"
