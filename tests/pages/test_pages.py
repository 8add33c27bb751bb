"""Pages as a reader has them: in a browser, at three widths, by day and by night."""

import base64
import hashlib
import re
from itertools import pairwise

import pytest

from tests.pages.browser import look_at
from tests.pages.content import LONG, PAGES, make_profile, make_results, make_validations
from tinysim.benchmarks.any_model import MODEL_ID
from tinysim.reports.errors import plot_errors
from tinysim.reports.figure import as_svg, draw
from tinysim.reports.flame import flame
from tinysim.reports.html import render_html
from tinysim.reports.overview import results_grid
from tinysim.reports.timeline import memory_map, timeline
from tinysim.reports.validation import render_validation
from tinysim.results import HostCheck


@pytest.mark.parametrize("name", PAGES)
def test_a_reader_can_use_the_page(name: str) -> None:
    found = look_at(name, PAGES[name]())
    assert {(one["width"], one["scheme"]) for one in found} == {
        (width, scheme) for width in (1280, 768, 400) for scheme in ("light", "dark")
    }
    for one in found:
        where = f"{name} at {one['width']} px, {one['scheme']}"
        serious = [rule for rule in one["axe"] if rule["impact"] in ("serious", "critical")]
        assert not serious, (where, serious)
        assert one["scrollWidth"] <= one["innerWidth"], where
        assert one["smallest"] >= 12, where
        assert not one["cut"], where
        assert not one["said"], where
        if one["width"] == 1280:
            assert not one["scrolled"], where
    backgrounds = {scheme: _background(found, scheme) for scheme in ("light", "dark")}
    assert backgrounds["light"] > 600 and backgrounds["dark"] < 150
    for one in found:
        if zoom := one["zoom"]:
            assert zoom["after"]["width"] == 4 * zoom["before"]["width"] == 4 * zoom["back"]
            assert zoom["after"]["ticks"] != zoom["before"]["ticks"]
            assert zoom["told"].startswith("00 CONV_2D: ")
            assert zoom["share"] == pytest.approx(0.9, abs=0.01)
    assert (name in ("results", "heard", "profile")) == bool(found[0]["zoom"])


def _background(found: list[dict[str, str]], scheme: str) -> int:
    colors = {one["background"] for one in found if one["scheme"] == scheme}
    assert len(colors) == 1
    return sum(map(int, re.findall(r"\d+", colors.pop())))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_file_whose_policy_lets_its_own_parts_be(name: str) -> None:
    page = PAGES[name]()
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert "style=" not in page and not re.search(r"\son\w+=", page)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy and "default-src 'none'" in policy[1] and "unsafe" not in policy[1]
    parts = re.findall(r"<(style|script)>(.*?)</\1>", page, re.DOTALL)
    for kind, text in parts:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    if all(kind != "script" for kind, _ in parts):
        assert "script-src 'none'" in policy[1]


@pytest.mark.parametrize("name", PAGES)
def test_tables_have_captions_and_headings_that_say_what_they_head(name: str) -> None:
    page = PAGES[name]()
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert tables or name in ("training", "current")
    for table in tables:
        assert "<caption>" in table
        rows = table.count("<tr>") - 1
        assert table.count('scope="row"') == rows
        assert table.count('scope="col"') >= 2
    headings = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))
    assert LONG not in page


def test_an_error_of_less_than_a_percent_fills_its_plot() -> None:
    (_, fine) = make_validations()
    plot = plot_errors([(row.image, row.benchmark, row.error or 0) for row in fine.rows])
    assert plot is not None
    low, high = plot["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert -low == high and 0.6 < high < 0.7
    bands = plot["layer"][0]["data"]["values"]
    assert [round(band["high"], 3) for band in bands] == [0.6, 0.247]
    figure = draw("Errors", plot)
    assert "<title>one: +0.60%</title>" in figure.drawings[0]


def test_a_picture_that_stands_alone_has_colours_of_its_own() -> None:
    plot = plot_errors([("one", "a", 0.006), ("two", "b", -0.001)])
    assert plot is not None
    picture = as_svg(plot)
    assert "var(" not in picture and "#c2410c" in picture


def test_a_coarser_tier_is_marked_beside_a_finer_one_and_alone_is_not() -> None:
    results = make_results()
    cells = [row[1] for row in results_grid("Results", results).rows]
    assert [(cell.kind, cell.badge) for cell in cells[:2]] == [("", ""), ("coarse", "T2")]
    assert "not to be compared" in render_html(results)
    alone = results_grid("Results", results[1:2]).rows[0][1]
    assert (alone.kind, alone.badge) == ("", "")
    page = render_validation(make_validations())
    assert page.count('<span class="badge">T2</span>') == 3


def test_a_column_that_says_nothing_is_none() -> None:
    results = make_results()
    headings = {heading.text for heading in results_grid("Results", results).headings}
    assert {"quality", "energy, est."} <= headings and "duty cycle" not in headings
    timed = {heading.text for heading in results_grid("Results", results[:1]).headings}
    assert not {"quality", "target", "energy, est."} & timed


def test_models_of_ones_own_have_the_columns_of_models() -> None:
    result = make_results()[0].model_copy(
        update={"model_id": MODEL_ID, "host": HostCheck(equal=True, inputs=3)}
    )
    page = render_html([result])
    assert "as on the host" in page and "equal (3)" in page and ">model</th>" in page
    assert "as on the host" not in render_html([result, make_results()[1]])


def test_the_timeline_has_every_operation_where_it_was() -> None:
    profile = make_profile()
    drawn = timeline(profile, 120_000_000, make_results()[0].plan)
    assert drawn is not None
    operations, waits, arena = drawn.lanes
    for cost, block in zip(profile.layers, operations.blocks, strict=True):
        assert cost.start is not None
        assert block.x == pytest.approx(100 * cost.start / profile.cycles, abs=1e-3)
        assert block.share == pytest.approx(100 * cost.cycles / profile.cycles, abs=1e-3)
    assert drawn.span == pytest.approx(profile.cycles / 120_000)
    assert len(waits.blocks) == 2 * len(profile.layers)
    assert all(0 <= block.top <= block.top + block.height <= waits.height for block in waits.blocks)
    ends = [block.top + block.height for block in arena.blocks]
    assert max(ends) == pytest.approx(arena.height) and min(b.top for b in arena.blocks) == 0
    assert arena.blocks[1].x == operations.blocks[0].x
    assert arena.blocks[1].x + arena.blocks[1].share == pytest.approx(
        operations.blocks[2].x, abs=1e-3
    )


def test_without_a_profile_the_arena_is_drawn_by_operation() -> None:
    drawn = memory_map(make_results()[1])
    assert drawn is not None and drawn.span == 8
    assert drawn.lanes[0].blocks[2].x == pytest.approx(100 / 8)


def test_a_flame_graph_has_nothing_wider_than_what_it_stands_on() -> None:
    profile = make_profile()
    blocks = flame("ic", profile).lanes[0].blocks
    levels: dict[float, list[tuple[float, float]]] = {}
    for block in blocks:
        levels.setdefault(block.top, []).append((block.x, block.x + block.share))
    rows = [levels[top] for top in sorted(levels)]
    assert len(rows) == 4 and rows[0] == [(0, 100)]
    for below, above in pairwise(rows):
        for start, end in above:
            assert any(a - 1e-3 <= start and end <= b + 1e-3 for a, b in below)
    assert sum(end - start for start, end in rows[2]) == pytest.approx(
        100 * sum(cost.cycles for cost in profile.layers) / profile.cycles, abs=1e-2
    )


def test_figures_that_cannot_be_are_drawn_as_well() -> None:
    profile = make_profile()
    stopped = profile.layers[0].model_copy(update={"cycles": 0, "start": 10**18})
    profile = profile.model_copy(update={"layers": (stopped, *profile.layers[1:]), "cycles": 1})
    tensor = make_results()[0].plan
    assert tensor is not None
    endless = tensor.tensors[0].model_copy(update={"first": 5, "last": 10**18, "bytes": 0})
    plan = tensor.model_copy(update={"tensors": (endless,), "bytes": 0})
    empty = make_results()[0].memory.model_copy(update={"flash_available": 0, "ram_available": 0})
    result = make_results()[0].model_copy(
        update={"profile": profile, "plan": plan, "memory": empty, "clock_hz": 0}
    )
    page = render_html([result, result.model_copy(update={"profile": None})])
    assert "nan" not in page and "inf%" not in page
