"""The picture of RAM, and its table."""

import pytest

from tests.pages.content import make_placement
from tests.sample_results import make_result
from tinysim.reports.html import render_html
from tinysim.reports.placement import make_placement as make_table
from tinysim.reports.placement import picture, placement_grid
from tinysim.results import Placement, parse_placement


def test_each_part_is_drawn_as_large_as_it_is() -> None:
    placement = make_placement()
    drawn = picture(make_result(placement=placement))
    assert drawn is not None
    assert len(drawn.lanes) == len(placement.memories)
    widest = max(memory.size for memory in placement.memories)
    shares = sum(block.share for lane in drawn.lanes for block in lane.blocks)
    expected = sum(part.size for part in placement.parts)
    assert shares / 100 * widest == pytest.approx(expected, rel=1e-3)


def test_what_lies_in_two_memories_is_drawn_in_both() -> None:
    drawn = picture(make_result(placement=make_placement()))
    assert drawn is not None
    found = [
        number
        for number, lane in enumerate(drawn.lanes)
        for block in lane.blocks
        if block.label == "01 CONV_2D weights"
    ]
    assert found == [0, 1]


def test_the_table_has_a_row_a_part() -> None:
    placement = make_placement()
    (grid,) = placement_grid("ic", make_result(placement=placement))
    assert len(grid.rows) == len(placement.parts) + len(placement.in_arena)
    assert make_table(placement).row_count == len(grid.rows)
    names = [row[0].text for row in grid.rows]
    assert names[names.index("arena") + 1].startswith("in it: ")


def test_an_image_that_does_not_tell_has_no_picture() -> None:
    plain = make_result()
    assert picture(plain) is None
    assert placement_grid("ic", plain) == ()
    empty = make_result(placement=Placement(memories=(), parts=()))
    assert picture(empty) is None
    assert "RAM by address" in render_html([make_result(placement=make_placement())])


@pytest.mark.parametrize(
    "noted", [b"", b"\0", b"{}", b"[1]", b"\xff\xfe", b'{"memories": [], "parts": [{}]}']
)
def test_what_another_program_wrote_there_is_none(noted: bytes) -> None:
    assert parse_placement(noted) is None


def test_what_was_written_is_read_again() -> None:
    placement = make_placement()
    assert parse_placement(placement.model_dump_json().encode()) == placement
