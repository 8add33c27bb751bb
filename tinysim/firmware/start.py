"""How the firmware starts with a model on the emulated board, and what it uses."""

from dataclasses import dataclass, replace

from ..engines.builtin import BuiltinEngine
from ..errors import AssetError, EngineError
from ..image import Image
from ..placement import Request
from ..platform import Board
from ..timeouts import TIMEOUTS

_REQUEST = "tinysim_place"
_WORKING = "_ZN7kernels18has_working_memoryEj"
"""The functions by which kernels ask for memory (`firmware/tflm/places.cpp`, `inference.cpp`)."""


class RefusedError(AssetError):
    """The firmware does not take a model; the text is what it says."""


@dataclass(frozen=True)
class Start:
    """How the firmware started: a refusal, or the bytes that it has used."""

    refusal: str
    arena: int = 0
    scratch: int = 0
    requests: tuple[Request, ...] = ()


def start(image: Image, board: Board) -> Start:
    """Let the board start until it is ready, or refuses the model."""
    engine = BuiltinEngine(board, image, {"tier": "T0"})
    requests: list[Request] = []

    def note() -> None:
        requests.append(Request(engine.register("r0"), engine.register("r1")))

    def note_working() -> None:
        # The kernel asks for it when it has its weights.
        if requests and requests[-1].working == 0:
            requests[-1] = replace(requests[-1], working=engine.register("r0"))

    for name, handler in ((_REQUEST, note), (_WORKING, note_working)):
        if name in image.symbols:
            engine.watch(image.symbols[name], handler)
    engine.boot()
    said = ""
    try:
        while True:
            line = engine.read_line(TIMEOUTS.packing).text
            if "e-[" in line:
                refusal = line.partition("e-[")[2].rstrip("]")
                return Start(" ".join(part for part in (said, refusal) if part.strip()))
            if "m-ready" in line:
                break
            if not line.startswith("m-"):
                said = line
    except EngineError as error:
        return Start(str(error))
    finally:
        engine.close()

    def word(name: str) -> int:
        if name not in image.symbols:
            return 0  # the linker has left out what no kernel asks for
        return int.from_bytes(engine.read_memory(image.symbols[name], 4), "little")

    arena, scratch = word("tinysim_arena_used_bytes"), word("tinysim_scratch_used_bytes")
    return Start("", arena, scratch, tuple(requests))
