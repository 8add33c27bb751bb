"""Tables at every width: no line is longer, and no number loses a digit."""

import io

import pytest
from rich.console import Console

from tests.sample_results import make_energy, make_result
from tinysim.cli import console
from tinysim.reports.columns import NOTHING, Column, fit
from tinysim.reports.model import make_models
from tinysim.reports.pareto import make_side_by_side
from tinysim.reports.table import COLUMNS, make_table
from tinysim.results import ErrorBand, HostCheck, Result

WIDTHS = (60, 80, 100, 120, 160)
RESULT = make_result(
    benchmark="kws",
    mode="performance",
    latency_us=254_831.4,
    throughput_ips=3.924,
    error_band=ErrorBand(worst=0.0061, mean=0.0022, images=4, validated=False),
    energy=make_energy(per_inference_uj=10320.7),
    host=HostCheck(inputs=50, equal=True),
)


def _lines(table: object, width: int, **console: object) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, **console).print(table)  # type: ignore[arg-type]
    return out.getvalue().splitlines()


def _cells(lines: list[str]) -> set[str]:
    return {cell.strip() for cell in lines[-2].replace("|", "\u2502").split("\u2502")}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [make_table, make_models, make_side_by_side])
def test_a_table_fits_and_its_numbers_are_whole(make: object, width: int) -> None:
    table, left_out = make([RESULT, RESULT], width)  # type: ignore[operator]
    lines = _lines(table, width)
    assert max(map(len, lines)) <= width
    assert "\u2026" not in "".join(lines)
    assert "254.83 \u00b10.6% ?" in _cells(lines)
    assert left_out if width <= 80 else width < 160 or not left_out


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_shown_and_what_is_left_out_is_everything(width: int) -> None:
    table, left_out = make_table([RESULT], width)
    headings = [str(column.header).replace("\n", ", ") for column in table.columns]
    telling = [column.name for column in COLUMNS if column.cell(RESULT) != NOTHING]
    assert sorted(headings + left_out) == sorted(telling)


def test_essentials_come_before_details() -> None:
    table, left_out = make_table([RESULT], 80)
    assert {"benchmark", "inf/s", "quality"} <= {str(column.header) for column in table.columns}
    assert {"CPI", "instr., M", "arena, KiB"} <= set(left_out)


def test_a_column_that_says_nothing_is_none() -> None:
    table, left_out = make_table([make_result(accuracy=None)], 200)
    assert not {"quality", "target", "inputs"} & {str(column.header) for column in table.columns}
    assert not left_out


def test_quality_names_its_metric_and_what_is_missed() -> None:
    cells = _cells(_lines(make_table([make_result()])[0], 200))
    assert {"75.0% FAIL", "85% top-1", "4"} <= cells


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_dumb_terminal_gets_the_same_numbers(encoding: str) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    Console(file=out, width=80, legacy_windows=False, no_color=True).print(
        make_table([RESULT], 80)[0]
    )
    out.flush()
    written = out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert "254.83" in written and "3.92" in written
    assert "\x1b" not in written


def _column(heading: str, text: str, rank: int) -> Column[Result]:
    def cell(_: Result) -> str:
        return text

    return Column(heading, cell, rank)


@pytest.mark.parametrize(("width", "shown"), [(28, 3), (27, 2), (16, 2), (15, 1), (3, 1)])
def test_the_highest_rank_stays_out_first(width: int, shown: int) -> None:
    columns = [_column("a", "12345", 0), _column("b", "1234", 1), _column("c", "123456789", 2)]
    table, left_out = fit("", columns, [RESULT], width)
    assert [str(column.header) for column in table.columns] == ["a", "b", "c"][:shown]
    assert left_out == ["b", "c"][shown - 1 :]


def test_what_a_stream_cannot_print_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    console.prepare()
    console.say("54.83 \u00b10.6% 10 \u00b5J \u4e2d")
    assert out.buffer.getvalue() == b"54.83 +-0.6% 10 uJ ?\n"  # type: ignore[attr-defined]
