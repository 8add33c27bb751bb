"""Models on the emulated board, put one after another into an image that was built once."""

from dataclasses import replace
from pathlib import Path

from tinysim.engines.builtin import BuiltinEngine
from tinysim.firmware import Order, Sizes, build_image
from tinysim.firmware.prebuild import every_operation
from tinysim.image import Segment, load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut

from .oracle import Job, output_count

MODEL_ROOM = 192 << 10
SIZES = Sizes(arena=384 << 10, scratch=64 << 10, input=16 << 10)


def build_with_every_operation() -> Path:
    """An image of the firmware with every kernel of the table and room for a model."""
    room = bytes(i * 37 % 251 for i in range(MODEL_ROOM))
    return build_image(Order("model", room, sizes=SIZES, operations=every_operation()))


class BoardOfModels:
    """Runs models at tier T0."""

    def __init__(self, path: Path) -> None:
        self._image = load_image(path)

    def answers(self, job: Job) -> bytes:
        """The bytes of all outputs of all inferences.

        Raises:
            ProtocolError: the firmware refuses the model.

        """
        assert len(job.model) <= MODEL_ROOM
        segments = self._with("g_model", job.model, tuple(self._image.segments))
        outputs = output_count(job.model).to_bytes(4, "little")
        segments = self._with("tinysim_outputs", outputs, segments)
        engine = BuiltinEngine(
            load_board(), replace(self._image, segments=segments), {"tier": "T0"}
        )
        try:
            dut = Dut(engine)
            engine.boot()
            dut.wait_ready()
            answer = b""
            for inputs in job.inputs:
                dut.load(b"".join(values.tobytes() for values in inputs))
                answer += bytes.fromhex(dut.infer().results.replace(";", ""))
            return answer
        finally:
            engine.close()

    def _with(self, symbol: str, data: bytes, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
        """The segments with other bytes at a symbol."""
        changed = []
        for segment in segments:
            at = self._image.symbols[symbol] - segment.address
            if 0 <= at < len(segment.data):
                content = segment.data[:at] + data + segment.data[at + len(data) :]
                segment = Segment(segment.address, content)
            changed.append(segment)
        return tuple(changed)
