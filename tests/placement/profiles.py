"""Random profiles of models: what they ask for, and what an inference of them reads."""

import random

from tinysim.placement import Request, Units
from tinysim.placement.layout import ARENA
from tinysim.placement.memories import Memory
from tinysim.placement.waits import NOWHERE, Flow, Part, Traffic

MEMORIES = (
    Memory("FAST", 0x2000_0000, 12_000, 1, is_parked=True),
    Memory("SECOND", 0x2000_2EE0, 4_000, 1),
    Memory("THIRD", 0x2000_3E80, 24_000, 1),
)
END = MEMORIES[-1].end


def make_profile(seed: int) -> tuple[Units, Traffic]:
    """Units that fit all memories together, and most often not the first alone."""
    chance = random.Random(seed)
    count = chance.randrange(1, 9)
    requests = tuple(
        Request(16 * chance.randrange(1, 250), working=16 * chance.randrange(0, 20))
        for _ in range(count)
    )
    arena = 16 * chance.randrange(40, 400)
    scratch = max(request.working for request in requests) + 16 * chance.randrange(1, 20)
    units = Units(
        begin=MEMORIES[0].address + chance.randrange(400),
        end=END,
        arena=arena,
        scratch=scratch,
        input=16 * chance.randrange(0, 200),
        state=0,
        requests=requests,
        placed=tuple(range(count)),
    )
    middle = 16 * chance.randrange(1, arena // 16)
    parts = (
        Part(NOWHERE, 0, 0),
        Part(NOWHERE, 0, 0),
        Part(ARENA, 0, middle, "a"),
        Part(ARENA, middle, arena - middle, "b"),
        *(Part(number, 0, request.bytes) for number, request in enumerate(requests)),
    )
    flows = []
    for operation in range(count):
        own = (0, 1, 2, 3, 4 + operation)
        for before in own:
            for part in own:
                for follows in (False, True):
                    if chance.random() < 0.6:
                        reads = chance.randrange(1, 20_000)
                        flows.append(Flow(operation, before, part, follows, reads))
    return units, Traffic(parts, tuple(flows), {n: (n,) for n in range(count)})
