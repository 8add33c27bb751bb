"""Tier T2 from counts of opcodes, for an engine that counts no cycles.

Renode's opcode counters see the first half-word of an instruction and not its neighbours. What
needs more is taken at its mean: whether a load pipelines behind another, whether a conditional
branch is taken, how many registers a multiple transfer has.
"""

from dataclasses import dataclass

_LOAD = 1.8
"""2 cycles, or 1 behind another load: a fifth of the loads of our four firmwares are."""
_STORE_OFFSET = 2.0
_PAIR = 3.0
_MULTIPLE = 5.0
"""1 and 4 registers, what most prologues save."""
_POP_PC = 8.0
_DIRECT = 2.0
_CONDITIONAL = 1.7
"""1, and 1 more when it is taken: 7 of 10, most of them loops."""
_INDIRECT = 3.0
_TABLE = 4.0
_ACCUMULATE = 3.0
_FP_DIVIDE = 14.0
_DIVIDE = 6.0
"""2 to 12, by the operands."""


@dataclass(frozen=True)
class Opcodes:
    """Instructions whose first half-word fits `pattern` (16 of 0, 1 and x), and their cycles
    (100166 table 3-1, memory without wait states).
    """

    pattern: str
    cycles: float
    what: str


OPCODES = (
    Opcodes("01000111xxxxxxxx", _INDIRECT, "BX BLX"),
    Opcodes("010001x01xxxx111", _INDIRECT, "ADD MOV to PC"),
    Opcodes("01001xxxxxxxxxxx", _LOAD, "LDR literal"),
    Opcodes("0101011xxxxxxxxx", _LOAD, "LDRSB register"),
    Opcodes("01010xxxxxxxxxxx", _STORE_OFFSET, "STR STRH STRB register"),
    Opcodes("01011xxxxxxxxxxx", _LOAD, "LDR LDRH LDRB LDRSH register"),
    Opcodes("011x1xxxxxxxxxxx", _LOAD, "LDR LDRB immediate"),
    Opcodes("100x1xxxxxxxxxxx", _LOAD, "LDRH immediate, LDR from SP"),
    Opcodes("1011010xxxxxxxxx", _MULTIPLE, "PUSH"),
    Opcodes("10111100xxxxxxxx", _MULTIPLE, "POP"),
    Opcodes("10111101xxxxxxxx", _POP_PC, "POP with PC"),
    Opcodes("1011x0x1xxxxxxxx", _CONDITIONAL, "CBZ CBNZ"),
    Opcodes("10111111xxxx0000", 1.0, "hints"),
    Opcodes("10111111xxxxxxxx", 0.0, "IT"),
    Opcodes("1100xxxxxxxxxxxx", _MULTIPLE, "LDM STM"),
    Opcodes("1101111xxxxxxxxx", 1.0, "UDF SVC"),
    Opcodes("1101xxxxxxxxxxxx", _CONDITIONAL, "B conditional"),
    Opcodes("11100xxxxxxxxxxx", _DIRECT, "B"),
    Opcodes("111010001101xxxx", _TABLE, "TBB TBH"),
    Opcodes("11101000010xxxxx", 2.0, "LDREX STREX"),
    Opcodes("1110100xx1xxxxxx", _PAIR, "LDRD STRD"),
    Opcodes("1110100010111101", _POP_PC, "POP.W, mostly with PC"),
    Opcodes("1110100xx0xxxxxx", _MULTIPLE, "LDM.W STM.W PUSH.W"),
    Opcodes("111011000100xxxx", 2.0, "VMOV of two core registers to two singles"),
    Opcodes("111011000101xxxx", 2.0, "VMOV of two singles to two core registers"),
    Opcodes("11101101xx01xxxx", _LOAD, "VLDR"),
    Opcodes("11101101xx00xxxx", 1.0, "VSTR"),
    Opcodes("1110110xxxxxxxxx", _MULTIPLE, "VLDM VSTM"),
    Opcodes("111011101x00xxxx", _FP_DIVIDE, "VDIV"),
    Opcodes("111011101x01xxxx", _ACCUMULATE, "VFNMA VFNMS"),
    Opcodes("111011101x10xxxx", _ACCUMULATE, "VFMA VFMS"),
    Opcodes("1111011111xxxxxx", _DIRECT, "BL and B.W backwards; forwards looks like an AND"),
    Opcodes("1111100001011101", _POP_PC - 3.0, "LDR.W of PC from the stack"),
    Opcodes("1111100xxxx1xxxx", _LOAD, "LDR.W and its like"),
    Opcodes("1111101110x1xxxx", _DIVIDE, "SDIV UDIV"),
    Opcodes("xxxxxxxxxxxxxxxx", 1.0, "all others"),
)
"""The first that fits counts."""
