"""Random instructions of every encoding group of ARMv7E-M with FPv4-SP.

A pattern is the encoding's bits with letters for its fields: registers (`d n m a t h l`), bases
(`b`), indices (`x`), and `i`, any value. Every field is drawn at random, registers from a pool
that leaves alone those that hold addresses.
"""

import random
from dataclasses import dataclass

LOW = (0, 1, 2, 3, 4, 5)
HIGH = (0, 1, 2, 3, 4, 5, 10, 11, 12, 14)
BASES = {3: (7,), 4: (7, 8, 9)}
INDEX = 6
"""Holds a small number: register offsets stay near the base."""

_LOW_SHIFTS = ["000 00 iiiii mmm ddd", "000 01 iiiii mmm ddd", "000 10 iiiii mmm ddd"]
THUMB16 = [
    *_LOW_SHIFTS,
    "0001100 mmm nnn ddd",
    "0001101 mmm nnn ddd",
    "0001110 iii nnn ddd",
    "0001111 iii nnn ddd",
    "00100 ddd iiiiiiii",
    "00101 nnn iiiiiiii",
    "00110 ddd iiiiiiii",
    "00111 ddd iiiiiiii",
    *(f"010000 {op:04b} mmm ddd" for op in range(16)),
    "01000110 0 mmmm ddd",
    "01000100 0 mmmm ddd",
    "01000101 0 mmmm nnn",
    "1011001000 mmm ddd",
    "1011001001 mmm ddd",
    "1011001010 mmm ddd",
    "1011001011 mmm ddd",
    "1011101000 mmm ddd",
    "1011101001 mmm ddd",
    "1011101011 mmm ddd",
    "1010 1 ddd iiiiiiii",
    "1010 0 ddd iiiiiiii",
]
THUMB16_MEMORY = [
    "0101 000 xxx bbb ttt",
    "0101 001 xxx bbb ttt",
    "0101 010 xxx bbb ttt",
    "0101 011 xxx bbb ddd",
    "0101 100 xxx bbb ddd",
    "0101 101 xxx bbb ddd",
    "0101 110 xxx bbb ddd",
    "0101 111 xxx bbb ddd",
    "01100 iiiii bbb ttt",
    "01101 iiiii bbb ddd",
    "01110 iiiii bbb ttt",
    "01111 iiiii bbb ddd",
    "10000 iiiii bbb ttt",
    "10001 iiiii bbb ddd",
    "10010 ttt iiiiiiii",
    "10011 ddd iiiiiiii",
    "01001 ddd iiiiiiii",
]
_DP = [0b0000, 0b0001, 0b0010, 0b0011, 0b0100, 0b1000, 0b1010, 0b1011, 0b1101, 0b1110]
THUMB32 = [
    *(f"11110 i 0 {op:04b} i nnnn 0 iii dddd iiiiiiii" for op in _DP),
    *(f"11101 01 {op:04b} i nnnn 0 iii dddd ii ii mmmm" for op in _DP),
    # comparisons and moves
    *(f"11110 i 0 {op:04b} 1 nnnn 0 iii 1111 iiiiiiii" for op in (0, 4, 8, 13)),
    *(f"11101 01 {op:04b} 1 nnnn 0 iii 1111 ii ii mmmm" for op in (0, 4, 8, 13)),
    "11110 i 0 0010 i 1111 0 iii dddd iiiiiiii",
    "11110 i 0 0011 i 1111 0 iii dddd iiiiiiii",
    "11101 01 0010 i 1111 0 iii dddd ii ii mmmm",
    "11101 01 0011 i 1111 0 iii dddd ii ii mmmm",
    "11110 i 1 0000 0 nnnn 0 iii dddd iiiiiiii",
    "11110 i 1 0101 0 nnnn 0 iii dddd iiiiiiii",
    "11110 i 1 0000 0 1111 0 iii dddd iiiiiiii",
    "11110 i 1 0101 0 1111 0 iii dddd iiiiiiii",
    "11110 i 1 0010 0 iiii 0 iii dddd iiiiiiii",
    "11110 i 1 0110 0 iiii 0 iii dddd iiiiiiii",
    # saturation and bit fields
    *(
        f"11110 0 11 {u}0 {shift} dddd ii 0 iiiii"
        for u in "01"
        for shift in ("0 0 nnnn 0 iii", "1 0 nnnn 0 1ii")
    ),
    "11110 0 11 0010 nnnn 0000 dddd 0000 iiii",
    "11110 0 11 1010 nnnn 0000 dddd 0000 iiii",
    # PKHBT, PKHTB
    "11101 01 0110 0 nnnn 0 iii dddd ii 0 0 mmmm",
    "11101 01 0110 0 nnnn 0 iii dddd ii 1 0 mmmm",
    # shifts, extensions
    *(f"11111 010 0 {op:02b} i nnnn 1111 dddd 0000 mmmm" for op in range(4)),
    *(f"11111 010 0 {op:03b} nnnn 1111 dddd 10 ii mmmm" for op in range(6)),
    *(f"11111 010 0 {op:03b} 1111 1111 dddd 10 ii mmmm" for op in range(6)),
    # parallel addition, signed and unsigned
    *(
        f"11111 010 1 {op:03b} nnnn 1111 dddd 0 {kind:03b} mmmm"
        for op in (0, 1, 2, 4, 5, 6)
        for kind in (0, 1, 2, 4, 5, 6)
    ),
    # QADD, QDADD, QSUB, QDSUB; SEL
    *(f"11111 010 1 000 nnnn 1111 dddd 10 {op:02b} mmmm" for op in range(4)),
    "11111 010 1 010 nnnn 1111 dddd 1000 mmmm",
    # multiplies
    "11111 0110 000 nnnn 1111 dddd 0000 mmmm",
    "11111 0110 000 nnnn aaaa dddd 0000 mmmm",
    "11111 0110 000 nnnn aaaa dddd 0001 mmmm",
    *(f"11111 0110 001 nnnn {a} dddd 00 {t:02b} mmmm" for a in ("1111", "aaaa") for t in range(4)),
    *(
        f"11111 0110 {op:03b} nnnn {a} dddd 000 {t:01b} mmmm"
        for op in (2, 3, 4, 5)
        for a in ("1111", "aaaa")
        for t in range(2)
    ),
    "11111 0110 110 nnnn aaaa dddd 0000 mmmm",
    "11111 0110 110 nnnn aaaa dddd 0001 mmmm",
    "11111 0110 111 nnnn 1111 dddd 0000 mmmm",
    "11111 0110 111 nnnn aaaa dddd 0000 mmmm",
    *(
        f"11111 0111 {op} nnnn llll hhhh {op2} mmmm"
        for op, op2 in (
            ("000", "0000"),
            ("010", "0000"),
            ("100", "0000"),
            ("110", "0000"),
            ("110", "0110"),
            ("100", "1000"),
            ("100", "1001"),
            ("100", "1010"),
            ("100", "1011"),
            ("100", "1100"),
            ("100", "1101"),
            ("101", "1100"),
            ("101", "1101"),
        )
    ),
    "11111 0111 001 nnnn 1111 dddd 1111 mmmm",
    "11111 0111 011 nnnn 1111 dddd 1111 mmmm",
]
SPECIAL32 = ["reverse", "bfi", "bfc", "sbfx", "ubfx"]
"""Encodings with a field twice, or with fields that bound each other."""

THUMB32_MEMORY = [
    *(
        f"11111 000 1 {op} bbbb {r} 0000 iiiiiiii"
        for op, r in (
            ("000", "tttt"),
            ("001", "dddd"),
            ("010", "tttt"),
            ("011", "dddd"),
            ("100", "tttt"),
            ("101", "dddd"),
        )
    ),
    "11111 001 1 001 bbbb dddd 0000 iiiiiiii",
    "11111 001 1 011 bbbb dddd 0000 iiiiiiii",
    *(
        f"11111 000 0 {op} bbbb {r} 1 1 0 0 iiiiiiii"
        for op, r in (
            ("000", "tttt"),
            ("001", "dddd"),
            ("010", "tttt"),
            ("011", "dddd"),
            ("100", "tttt"),
            ("101", "dddd"),
        )
    ),
    *(
        f"11111 00 {s} 0 {op} bbbb {r} 000000 ii 0110"
        for s, op, r in (
            ("0", "000", "tttt"),
            ("0", "001", "dddd"),
            ("0", "010", "tttt"),
            ("0", "011", "dddd"),
            ("0", "100", "tttt"),
            ("0", "101", "dddd"),
            ("1", "001", "dddd"),
            ("1", "011", "dddd"),
        )
    ),
    # LDRD, STRD by words of 4
    "11101 00 1 i 1 0 1 bbbb llll hhhh 000 iiiii",
    "11101 00 1 i 1 0 0 bbbb tttt tttt 000 iiiii",
]
FP = [
    *(
        f"11101 110 0 D {op} NNNN DDDD 1010 N {o} M 0 MMMM"
        for op in ("00", "01", "10", "11")
        for o in "01"
    ),
    "11101 110 1 D 00 NNNN DDDD 1010 N 0 M 0 MMMM",
    *(f"11101 110 1 D {op} NNNN DDDD 1010 N {o} M 0 MMMM" for op in ("01", "10") for o in "01"),
    "11101 110 1 D 11 iiii DDDD 1010 0000 iiii",
    *(
        f"11101 110 1 D 11 {op2} DDDD 1010 {o} 1 M 0 MMMM"
        for op2, o in (
            ("0000", "0"),
            ("0000", "1"),
            ("0001", "0"),
            ("0001", "1"),
            ("0010", "0"),
            ("0010", "1"),
            ("0011", "0"),
            ("0011", "1"),
            ("0100", "0"),
            ("0100", "1"),
            ("1000", "0"),
            ("1000", "1"),
            ("1100", "0"),
            ("1100", "1"),
            ("1101", "0"),
            ("1101", "1"),
        )
    ),
    "11101 110 1 D 11 0101 DDDD 1010 0 1 0 0 0000",
    "11101 110 1 D 11 0101 DDDD 1010 1 1 0 0 0000",
    *(f"11101 110 1 D 11 111 {u} DDDD 1010 1 1 i 0 iiii" for u in "01"),
    *(f"11101 110 1 D 11 111 {u} DDDD 1010 0 1 i 0 0iii" for u in "01"),
    "11101 110 000 0 NNNN tttt 1010 N 00 1 0000",
    "11101 110 000 1 NNNN dddd 1010 N 00 1 0000",
    "11101 110 1111 0001 1111 1010 0001 0000",
]
FIXED_TO_FP = [
    *(f"11101 110 1 D 11 101 {u} DDDD 1010 1 1 i 0 iiii" for u in "01"),
    *(f"11101 110 1 D 11 101 {u} DDDD 1010 0 1 i 0 0iii" for u in "01"),
]
"""Rounds to the nearest whatever FPSCR says (DDI0403 A7.7.227); Unicorn 2.1.3 obeys FPSCR."""
FP_MEMORY = [
    "11101 101 1 D 0 0 bbbb DDDD 1010 00 iiiiii",
    "11101 101 1 D 0 1 bbbb DDDD 1010 00 iiiiii",
]


@dataclass(frozen=True)
class Drawn:
    """The half-words of an instruction."""

    halves: tuple[int, ...]


def _fill(pattern: str, rng: random.Random) -> int:
    text = pattern.replace(" ", "")
    fields: dict[str, int] = {}
    widths = {letter: text.count(letter) for letter in sorted(set(text)) if letter.isalpha()}
    for letter, width in widths.items():
        if letter in "DNM" or letter == "i":
            fields[letter] = rng.getrandbits(width)
        elif letter == "b":
            fields[letter] = rng.choice(BASES[min(width, 4)])
        elif letter == "x":
            fields[letter] = INDEX
        else:
            fields[letter] = rng.choice(LOW if width == 3 else HIGH)
    if "l" in fields:  # the two halves of a long result differ
        fields["h"] = rng.choice([r for r in HIGH if r != fields["l"]])
    word = 0
    left = dict(widths)
    for character in text:
        if character in "01":
            word = word << 1 | int(character)
        else:
            if character == "t" and widths["t"] == 8:
                bit = fields["t"] >> ((left["t"] - 1) % 4)
            else:
                bit = fields[character] >> (left[character] - 1)
            left[character] -= 1
            word = word << 1 | bit & 1
    return word


def _special(kind: str, rng: random.Random) -> int:
    d, n = rng.choice(HIGH), rng.choice(HIGH)
    lsb = rng.randrange(32)
    last = rng.randrange(32 - lsb)
    fields = (lsb >> 2) << 12 | d << 8 | (lsb & 3) << 6
    if kind == "reverse":
        op = rng.choice([(0b001, o) for o in range(4)] + [(0b011, 0)])
        return 0b11111010_1 << 23 | op[0] << 20 | n << 16 | 0xF000 | d << 8 | (8 | op[1]) << 4 | n
    if kind in ("sbfx", "ubfx"):
        return (0xF3400000 if kind == "sbfx" else 0xF3C00000) | n << 16 | fields | last
    return 0xF3600000 | (15 if kind == "bfc" else n) << 16 | fields | (lsb + last)


def draw(rng: random.Random, *, nearest: bool) -> Drawn:
    """An instruction of a group drawn evenly, then of an encoding of that group.

    `nearest`: FPSCR rounds to the nearest.
    """
    groups: list[tuple[str, list[str]]] = [
        ("16", THUMB16),
        ("32", THUMB32),
        ("special", SPECIAL32),
        ("16", THUMB16_MEMORY),
        ("32", THUMB32_MEMORY),
        ("32", FP + FIXED_TO_FP if nearest else FP),
        ("32", FP_MEMORY),
    ]
    kind, patterns = rng.choice(groups)
    pattern = rng.choice(patterns)
    if kind == "16":
        return Drawn((_fill(pattern, rng),))
    word = _special(pattern, rng) if kind == "special" else _fill(pattern, rng)
    return Drawn((word >> 16, word & 0xFFFF))


def draw_it(rng: random.Random) -> tuple[Drawn, int]:
    """An IT instruction and how many it covers."""
    condition = rng.randrange(14)
    length = rng.randrange(1, 5)
    mask = 1 << (4 - length)
    for position in range(length - 1):
        mask |= ((condition & 1) ^ rng.getrandbits(1)) << (3 - position)
    return Drawn((0xBF00 | condition << 4 | mask,)), length
