"""What exceptions cost at tier T3, by where stack and vectors lie."""

from pathlib import Path

import pytest

from .assembly import assemble
from .micro_benchmarks import machine, rate

SRAM1, SRAM2, SRAM2_CODE, SRAM3 = 0x20000000, 0x20030000, 0x10000000, 0x20040000

MOVE_VECTORS = """
    ldr r2, =0x08000000
    ldr r3, ={vectors}
    movs r4, #80
9:  ldr r5, [r2], #4
    str r5, [r3], #4
    subs r4, #1
    bne 9b
    ldr r2, =0xE000ED08
    ldr r3, ={vectors}
    str r3, [r2]
"""


def cycles(
    tmp_path: Path,
    body: str,
    handler: str = "nop",
    stack: int = SRAM1,
    vectors: int | None = None,
    **options: int | str | bool,
) -> float:
    """Cycles a round of a loop with `body`; `handler` is SVC's. r6 is PENDSVSET, r7 ICSR."""
    source = f"""
    .word {stack + 0x8000}, start + 1
    .rept 9
    .word other + 1
    .endr
    .word svc + 1
    .rept 68
    .word other + 1
    .endr
    .balign 32
    .thumb_func
svc:
    {handler}
    bx lr
    .balign 32
    .thumb_func
other:
    bx lr
    .balign 32
    .thumb_func
start:
    ldr r0, =0xE000ED88
    ldr r1, =0x00F00000
    str r1, [r0]
    ldr r0, =0x40022000
    ldr r1, =0x705
    str r1, [r0]
    {MOVE_VECTORS.format(vectors=vectors) if vectors else ""}
    ldr r0, =100
    ldr r6, =0x10000000
    ldr r7, =0xE000ED04
    b loop
    .ltorg
    .balign 32
loop:
    {body}
    subs r0, #1
    bne loop
end: b end
"""
    return rate(machine(assemble(tmp_path, source), **options), 50, 20)


def svc(tmp_path: Path, **more: str | int) -> float:
    """What SVC adds to a loop, its handler's NOP and return included."""
    return cycles(tmp_path, "svc #0", **more) - cycles(tmp_path, "nop")  # type: ignore[arg-type]


def test_entry_takes_twelve_cycles_and_return_ten_without_waits(tmp_path: Path) -> None:
    """100166 3.9. SVC itself, the handler's NOP and BX with its refill are the rest."""
    with_handler = svc(tmp_path)
    call = cycles(tmp_path, "bl 9f\n b 1f\n9: nop\n bx lr\n1:") - cycles(tmp_path, "bl 9f\n9:")
    assert with_handler == 28
    assert with_handler - 12 - 10 <= call + 2


@pytest.mark.parametrize(("stack", "waits"), [(SRAM1, 0), (SRAM2, 2), (SRAM3, 2), (SRAM2_CODE, 2)])
def test_a_frame_waits_for_its_memory_on_the_way_in_and_out(
    tmp_path: Path, stack: int, waits: int
) -> None:
    """The first access to a slave that the bus matrix does not grant waits a cycle."""
    assert svc(tmp_path, stack=stack) == 28 + waits


@pytest.mark.parametrize(
    ("stack", "vectors", "more"),
    [
        (SRAM1, SRAM1 + 0x1000, 1),  # one bus for both, and the vector goes second
        (SRAM1, SRAM3 + 0x1000, 3),
        (SRAM2_CODE, SRAM3 + 0x1000, 0),  # buses of their own
    ],
)
def test_vectors_in_ram_share_a_bus_with_the_frame(
    tmp_path: Path, stack: int, vectors: int, more: int
) -> None:
    assert svc(tmp_path, stack=stack, vectors=vectors) - svc(tmp_path, stack=stack) == more


def test_tail_chaining_takes_six_cycles(tmp_path: Path) -> None:
    """PendSV, which SVC's handler pends, against the same store that pends nothing."""
    chained = cycles(tmp_path, "svc #0", handler="str r6, [r7]")
    alone = cycles(tmp_path, "svc #0", handler="str r6, [r7, #8]")
    assert chained - alone == 6


def test_lazy_stacking_costs_its_words_when_the_handler_uses_the_fpu(tmp_path: Path) -> None:
    """S0 to S15 and FPSCR are 17 words, written then and read back at the return."""
    body = "vadd.f32 s0, s0, s0\n svc #0"
    idle = cycles(tmp_path, body, handler="nop")
    used = cycles(tmp_path, body, handler="vadd.f32 s1, s1, s1")
    assert used - idle == 17 + 17
    assert idle - cycles(tmp_path, "vadd.f32 s0, s0, s0\n nop") == svc(tmp_path)


def test_waking_takes_what_the_option_says(tmp_path: Path) -> None:
    """SysTick's handler reads how long ago the tick was."""
    image = assemble(
        tmp_path,
        """
    .word 0x20008000, start + 1
    .rept 13
    .word 0
    .endr
    .word tick + 1
    .balign 32
    .thumb_func
tick:
    ldr r1, [r4, #8]
1:  b 1b
    .thumb_func
start:
    ldr r4, =0xE000E010
    ldr r1, =999
    str r1, [r4, #4]
    str r1, [r4, #8]
    movs r1, #7
    str r1, [r4]
2:  wfi
    b 2b
""",
    )
    ago = []
    for wakeup in (0, 6, 20):
        made = machine(image, **{"timing.sleep_wakeup": wakeup})
        made.run(1500)
        ago.append(999 - made.registers()["r1"])
    assert [one - ago[0] for one in ago] == [0, 6, 20]
    assert 0 < ago[0] <= 12
