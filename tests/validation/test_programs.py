"""Programs that print their cycles, beside figures that silicon printed."""

from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tinysim.errors import AssetError
from tinysim.reports.programs import render_programs
from tinysim.results.programs import ProgramCheck, ProgramValidation
from tinysim.validation.programs import check_expected, parse_counts, program_set


def test_a_count_belongs_to_the_line_above() -> None:
    said = "==\nkeypair cycles:\n100\nsign cycles:\n7\nOK\n+\nkeypair cycles:\n102\n12\n"
    assert parse_counts(said) == {"keypair cycles:": [100, 102], "sign cycles:": [7]}


def test_the_catalogue_says_what_is_compared() -> None:
    known = program_set("pqm4")
    assert len(known.operation) == 42
    judged = [operation for operation in known.operation if operation.judged != "none"]
    assert len(judged) == 37
    assert all(one.minimum <= one.average <= one.maximum for one in known.operation)


def test_errors_are_summed_up_by_group() -> None:
    def row(group: str, estimate: float | None) -> ProgramCheck:
        return ProgramCheck(
            program="p",
            operation="o",
            group=group,
            compiler="GCC",
            judged="average",
            silicon=100,
            estimate=estimate,
        )

    done = ProgramValidation(
        set="mine", tier="T3", rows=(row("C", 101), row("C", 97), row("asm", 100), row("C", None))
    )
    first, second, both = done.spreads
    assert (first.group, first.operations) == ("C", 2)
    assert (first.mean, first.worst, first.bias) == pytest.approx((0.02, -0.03, -0.01))
    assert (second.mean, both.operations) == (0, 3)
    page = render_programs([done])
    assert "<svg" in page and "<script" not in page
    assert "C: 2 operations, mean 2.00%, worst -3.00%, bias -1.00%" in page
    assert "not printed" in page


_PROGRAM = """
    .word 0x20008000, start + 1
    .balign 4
    .thumb_func
start:
    ldr r0, =0x4002105c
    movs r1, #1
    str r1, [r0]
    ldr r0, =0x40008000
    mov r1, #0x9000
    str r1, [r0, #12]
    movs r1, #9
    str r1, [r0]
    ldr r2, =text
send:
    ldrb r1, [r2], #1
    cbz r1, done
wait:
    ldr r3, [r0, #0x1c]
    lsls r3, r3, #24
    bpl wait
    str r1, [r0, #0x28]
    b send
done: b done
    .ltorg
text: .asciz "loop cycles:\\n1234\\nend\\n"
"""


def test_anybodys_programs_come_as_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "mine.bin").write_bytes(assemble(tmp_path, _PROGRAM))
    table = tmp_path / "mine.csv"
    table.write_text("image,prints,cycles\nmine.bin,loop cycles:,1000\nmine.bin,other:,5\n")
    first, second = check_expected(table, "T3")
    assert (first.estimate, first.error) == (1234, pytest.approx(0.234))
    assert second.estimate is None


@pytest.mark.parametrize(
    "text",
    ["image,prints\nmine.bin,x\n", "image,prints,cycles\nmine.bin,x,0\n", "image,prints,cycles\n"],
)
def test_a_csv_file_with_other_columns_is_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(text)
    with pytest.raises(AssetError, match=r"mine\.csv"):
        check_expected(table, "T3")
