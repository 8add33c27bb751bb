"""The builtin engine around its machine: which serial port an image speaks on, and at what rate."""

from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import load_image
from tinysim.platform import load_board

_ECHO = """
    .equ RCC, 0x40021000
    .word 0x20008000, 0x08000009
    .thumb_func
start:
    ldr r0, =RCC
    ldr r1, =0x00040000     @ APB1ENR1.USART3EN
    str r1, [r0, #0x58]
    movs r1, #1             @ APB1ENR2.LPUART1EN
    str r1, [r0, #0x5C]
    ldr r4, ={base}
    ldr r1, ={divider}
    str r1, [r4, #0x0C]     @ BRR
    movs r1, #0x0D          @ UE, RE, TE
    str r1, [r4]
    adr r5, text
next:
    ldrb r0, [r5], #1
    cbz r0, echo
    bl send
    b next
echo:
    ldr r1, [r4, #0x1C]
    lsls r1, r1, #26        @ ISR.RXNE
    bpl echo
    ldr r0, [r4, #0x24]
    bl send
    b echo
send:
    ldr r1, [r4, #0x1C]
    lsls r1, r1, #24        @ ISR.TXE
    bpl send
    str r0, [r4, #0x28]
    bx lr
    .ltorg
    .balign 4
text:
    .asciz "m-ready\\r\\n"
"""


@pytest.mark.parametrize(
    ("port", "base", "divider", "baud"),
    [
        # Of the 4 MHz that the chip starts with: fck / BRR, and 256 fck / BRR for an LPUART.
        ("usart3", 0x40004800, 417, 9592),
        ("usart3", 0x40004800, 35, 114286),
        ("lpuart1", 0x40008000, 256 * 4_000_000 // 9600, 9600),
    ],
)
def test_the_port_that_an_image_speaks_on_is_found(
    tmp_path: Path, port: str, base: int, divider: int, baud: int
) -> None:
    path = tmp_path / "echo.bin"
    source = _ECHO.format(base=base, divider=divider)
    path.write_bytes(assemble(tmp_path, source))
    engine = BuiltinEngine(load_board(), load_image(path), {})
    engine.boot()
    line = engine.read_line(1)
    assert line.text == "m-ready"
    assert engine.port == port
    assert engine.baud() == baud
    # Nine characters of ten bits each; the last has just left.
    assert line.time_ns == pytest.approx(9 * 10 / baud * 1e9, rel=0.1)
    engine.write(b"echo\r\n")
    assert engine.read_line(1).text == "echo"
