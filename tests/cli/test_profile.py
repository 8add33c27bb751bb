"""What `profile` says of its cycles."""

from pathlib import Path

import pytest

from tests.robustness.command import tinysim


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "cycles at tier T3 on NUCLEO-L4R5ZI, builtin"),
        (("--tier", "T1"), "cycles at tier T1 on NUCLEO-L4R5ZI, builtin"),
        (
            ("--set", "clock=80MHz", "--set", "flash.latency=least"),
            "cycles at tier T3 on NUCLEO-L4R5ZI, builtin; the board was changed: clock=80000000, "
            "flash.latency=least",
        ),
    ],
)
def test_cycles_are_told_with_their_tier_and_board(
    firmware: Path, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    pytest.importorskip("jinja2", reason="the extra `report` is not installed")
    page = tmp_path / "p.html"
    image = str(firmware / "kws_dsp.elf")
    ran = tinysim("profile", "kws", "--image", image, "--html", str(page), *given)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == said
    assert f": {said}.</p>" in page.read_text()


def test_a_runs_end_tells_the_tier_of_its_cycles(firmware: Path, tmp_path: Path) -> None:
    image = str(firmware / "kws_dsp.elf")
    for words in (("exec", image), ("trace", image, "--vcd", str(tmp_path / "t.vcd"))):
        ran = tinysim(*words, "--for", "2ms", "--tier", "T3")
        assert ran.code == 0 and " cycles at tier T3, in " in ran.err
