"""Random instructions, drawn from the decoder's own table of encodings."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tinysim._core import Encoding, encodings, find_encoding

TABLE = encodings()

LOW = (0, 1, 2, 3, 4, 5)
HIGH = (0, 1, 2, 3, 4, 5, 10, 11, 12, 14)
"""The registers that instructions compute with: the others hold addresses."""
BASES = {3: (7,), 4: (7, 8, 9)}
INDEX = 6
"""Holds a small number: register offsets stay near the base."""

_LISTED = sum(1 << register for register in HIGH if register < 13)
_SPECIAL = {"MRS": (0, 1, 2, 3, 5, 8, 9, 16, 17, 18, 19), "MSR": (0, 1, 2, 3)}
"""SYSm by instruction: APSR and what has it in it, IPSR, MSP, PSP and the masks. CONTROL has one
bit more in Unicorn."""


@dataclass(frozen=True)
class Drawn:
    """An instruction."""

    halves: tuple[int, ...]
    fields: dict[str, int]


@dataclass(frozen=True)
class _Field:
    places: tuple[int, ...]
    """Of its bits in the code, the lowest first."""
    pool: Sequence[int] | None
    """What it is drawn from; None: any value."""
    mask: int

    def draw(self, rng: random.Random) -> int:
        if self.pool is not None:
            return rng.choice(self.pool)
        return rng.getrandbits(len(self.places)) & self.mask

    def place(self, value: int) -> int:
        return sum((value >> bit & 1) << place for bit, place in enumerate(self.places))


@dataclass(frozen=True)
class Shape:
    """An encoding, taken apart."""

    encoding: Encoding
    family: str
    width: int
    fixed: int
    """Its bits that are no field's, where they should be so too."""
    fields: dict[str, _Field]

    @property
    def title(self) -> str:
        """The name and the number of the encoding."""
        return f"{self.encoding.name} {self.encoding.label}"


def _is_register(family: str, name: str, letter: str, width: int) -> bool:
    if family == "coprocessor" or width < 3:
        return False
    if not family.startswith("floating-point"):
        return letter in "dnmatulh"
    return letter in "tu" or (letter == "n" and name in ("VLDR", "VLDM", "VSTR", "VSTM"))


def _pool(family: str, name: str, letter: str, width: int) -> Sequence[int] | None:
    if letter == "y" and name in _SPECIAL:
        return _SPECIAL[name]
    if letter == "i" and name in ("VLDM", "VSTM", "VPOP", "VPUSH"):
        return range(1, 33)
    if not _is_register(family, name, letter, width):
        return None
    if letter == "n" and ("load" in family or name == "TBB, TBH"):
        return BASES[width]
    if letter == "m" and (family == "load and store" or name == "TBB, TBH"):
        return (INDEX,)
    if width == 8:  # stands there twice, as in REV
        return [register * 0x11 for register in HIGH]
    return LOW if width == 3 else (*HIGH, 15) if name == "VMRS" else HIGH


def _take_apart(encoding: Encoding, family: str) -> Shape:
    bits = encoding.pattern.translate(str.maketrans("", "", " ()"))
    fields = {}
    for letter in sorted(set(bits) - {"0", "1"}):
        places = tuple(at for at, bit in enumerate(reversed(bits)) if bit == letter)
        pool = _pool(family, encoding.name, letter, len(places))
        fields[letter] = _Field(places, pool, _LISTED if letter == "r" else -1)
    fixed = int("".join(bit if bit in "01" else "0" for bit in bits), 2)
    return Shape(encoding, family, len(bits), fixed, fields)


SHAPES = [_take_apart(encoding, family) for family, all_ in TABLE.items() for encoding in all_]


def _is_predictable(shape: Shape, f: dict[str, int]) -> bool:
    """Whether the manual says what an instruction with these fields does."""
    if shape.family == "coprocessor":
        return f["c"] not in (10, 11)  # the FPU; what FPv4 leaves undefined, Unicorn's has
    if shape.family == "load and store multiple" and "r" in f:
        pc, lr = f.get("P", 0), f.get("M", 0)
        fewest = 2 if shape.width == 32 else 1
        return f["r"].bit_count() + pc + lr >= fewest and not (pc and lr)
    if shape.family.endswith("load, store and transfer"):
        return _is_predictable_transfer(shape, f)
    match shape.encoding.name:
        case "BFI" | "BFC":
            return f["b"] >= f["i"]
        case "SBFX" | "UBFX":
            return f["i"] + f["w"] < 32
        case "CMP (register)" if shape.encoding.label == "T2":
            return f["m"] >= 8 or f["n"] >= 8
        case "LDRD (immediate)":
            return f["t"] != f["u"]
        case "LDRD (literal)":
            return f["t"] != f["u"] and f["W"] == 0
        case "STREX" | "STREXB" | "STREXH":
            return f["d"] != f["t"]
        case "VCVT (between floating-point and fixed-point)":
            return f["i"] << 1 | f["j"] <= (32 if f["x"] else 16)
        case "CPS":
            return f["I"] | f["F"] != 0
        case "MSR":
            return f["k"] != 0
        case "IT":
            return f["k"] != 0 and (f["c"] < 14 or (f["c"] == 14 and f["k"].bit_count() == 1))
    if shape.family == "load and store" and "P" in f:
        return f["P"] | f["W"] == 1
    return "l" not in f or f["l"] != f["h"]


def _is_predictable_transfer(shape: Shape, f: dict[str, int]) -> bool:
    is_double = shape.fixed >> 8 & 1 == 1
    if "u" in f:
        is_last = f["M"] if is_double else f["M"] and f["m"] == 15
        return not is_last and not (f["o"] and f["t"] == f["u"])
    if "D" not in f:
        return True
    first = 2 * (f["D"] << 4 | f["d"]) if is_double else f["d"] << 1 | f["D"]
    if shape.encoding.name in ("VLDR", "VSTR"):
        return first < 32
    return first + f["i"] <= 32 and not (is_double and f["i"] & 1)


def draw_of(shape: Shape, rng: random.Random) -> Drawn:
    """An instruction of an encoding."""
    for _ in range(1000):
        fields = {letter: field.draw(rng) for letter, field in shape.fields.items()}
        if not _is_predictable(shape, fields):
            continue
        code = shape.fixed
        for letter, field in shape.fields.items():
            code |= field.place(fields[letter])
        if find_encoding(code) is shape.encoding:
            halves = (code,) if shape.width == 16 else (code >> 16, code & 0xFFFF)
            return Drawn(halves, fields)
    raise AssertionError(f"no instance of {shape.title}")


_UNSUITED = {
    "ADD (SP plus immediate) T2",
    "ADD (SP plus register) T1",
    "ADD (SP plus register) T2",
    "SUB (SP minus immediate) T1",
    "LDM, LDMIA, LDMFD T1",
    "STM, STMIA, STMEA T1",
    "VMSR T1",
} | {f"{name} T{n}" for name in ("POP", "PUSH", "VPOP", "VPUSH") for n in (1, 2, 3)}
"""Move a base or the stack, or set FPSCR's modes."""
_STREAMED = [
    [
        shape
        for shape in SHAPES
        if shape.family == family
        and shape.title not in _UNSUITED
        and "EX" not in shape.encoding.name
    ]
    for family in TABLE
    if family not in ("branch", "control", "coprocessor")
]


def _stays_near(shape: Shape, fields: dict[str, int]) -> bool:
    """Whether an access leaves PC and its base as they are, and goes not far from it."""
    if "load" not in shape.family:
        return True
    if shape.family == "load and store multiple" and fields.get("P"):
        return False
    behind_code = "(literal)" not in shape.encoding.name or fields.get("U", 1) == 1
    return behind_code and fields.get("W", 0) == 0 and fields.get("i", 0) < 256


def draw(rng: random.Random, *, nearest: bool) -> Drawn:
    """An instruction for a stream: of a family drawn evenly, then of an encoding of it.

    `nearest`: FPSCR rounds to the nearest. A conversion from fixed point does so whatever FPSCR
    says (DDI0403 A7.7.227), but Unicorn 2.1.3 obeys FPSCR.
    """
    while True:
        shape = rng.choice(rng.choice(_STREAMED))
        drawn = draw_of(shape, rng)
        from_fixed = "fixed-point" in shape.encoding.name and not drawn.fields["o"]
        if _stays_near(shape, drawn.fields) and (nearest or not from_fixed):
            return drawn


def draw_it(rng: random.Random) -> tuple[Drawn, int]:
    """An IT instruction and how many it covers."""
    condition = rng.randrange(14)
    length = rng.randrange(1, 5)
    mask = 1 << (4 - length)
    for position in range(length - 1):
        mask |= ((condition & 1) ^ rng.getrandbits(1)) << (3 - position)
    return Drawn((0xBF00 | condition << 4 | mask,), {"c": condition, "k": mask}), length
