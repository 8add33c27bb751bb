"""Our core and Unicorn's, put into the same state and compared."""

import random
import struct

import unicorn as uc
from unicorn import arm_const as arm

from tinysim._core import Machine, Stop

CODE = 0x2000_2000
CODE_SIZE = 0x4000
DATA = 0x2000_8000
DATA_SIZE = 0x1000

_CORE = [*(f"r{i}" for i in range(13)), "sp", "lr"]
_IDS = [
    *(getattr(arm, f"UC_ARM_REG_R{i}") for i in range(13)),
    arm.UC_ARM_REG_SP,
    arm.UC_ARM_REG_LR,
    arm.UC_ARM_REG_XPSR,
    arm.UC_ARM_REG_PC,
    arm.UC_ARM_REG_FPSCR,
    *(getattr(arm, f"UC_ARM_REG_S{i}") for i in range(32)),
]
NAMES = [*_CORE, "xpsr", "pc", "fpscr", *(f"s{i}" for i in range(32))]
_FLOATS = (
    0x00000000,
    0x80000000,
    0x3F800000,
    0xBF800000,
    0x7F800000,
    0xFF800000,
    0x7FC00001,
    0x7F800001,
    0xFFC12345,
    0x00000001,
    0x807FFFFF,
    0x00800000,
    0x7F7FFFFF,
    0x4B000000,
    0x4F000000,
    0xCF000000,
    0x33000000,
    0x3F000000,
)


class Pair:
    """Our core and Unicorn's, with the same memory; `translates`: ours runs code of the host."""

    def __init__(self, translates: bool = False) -> None:
        self.ours = Machine()
        self.ours.configure("translate", int(translates))
        self.ours.add_memory("flash", "flash", [0x08000000, 0], 0x1000)
        self.ours.add_memory("sram", "sram", [0x20000000], 0x10000)
        self.ours.write_memory(0, struct.pack("<II", 0x2000F000, CODE | 1))
        self.ours.reset()
        self.theirs = uc.Uc(uc.UC_ARCH_ARM, uc.UC_MODE_THUMB | uc.UC_MODE_MCLASS)
        self.theirs.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
        self.theirs.mem_map(0x20000000, 0x10000)
        self.theirs.reg_write(arm.UC_ARM_REG_FPEXC, 0x40000000)

    def prepare(self, code: bytes, data: bytes, registers: dict[str, int]) -> None:
        self.ours.reset()
        self.ours.write_memory(CODE, code)
        self.ours.write_memory(DATA, data)
        self.theirs.mem_write(CODE, code)
        self.theirs.mem_write(DATA, data)
        self.theirs.ctl_remove_cache(CODE, CODE + CODE_SIZE)
        # The FPU is switched on by a store to CPACR, as firmware does.
        self.ours.set_register("r0", 0xE000ED88)
        self.ours.set_register("r1", 0xF << 20)
        self.ours.write_memory(CODE + CODE_SIZE - 4, bytes.fromhex("0160") + b"\x00\xbf")
        self.ours.set_register("pc", CODE + CODE_SIZE - 4)
        self.ours.step(1)
        self.ours.write_memory(CODE + CODE_SIZE - 4, code[CODE_SIZE - 4 :])
        for name, value in registers.items():
            if name != "pc":
                self.ours.set_register(name, value)
        self.ours.set_register("control", 4)  # FPCA: no new FP context with FPDSCR's modes
        self.ours.set_register("pc", CODE)
        for name, number in zip(NAMES, _IDS, strict=True):
            if name == "xpsr":
                self.theirs.reg_write(arm.UC_ARM_REG_APSR, registers[name])
            elif name != "pc":
                self.theirs.reg_write(number, registers[name])

    def state(self) -> tuple[dict[str, int], dict[str, int]]:
        ours = self.ours.registers()
        theirs = dict(zip(NAMES, self.theirs.reg_read_batch(_IDS), strict=True))
        keep = 0xF8000000  # Unicorn's xPSR shows neither GE nor T nor IT; GE comes by MRS
        wanted = {name: ours[name] for name in NAMES}
        wanted["xpsr"] &= keep
        theirs["xpsr"] &= keep
        return wanted, theirs

    def run_theirs(self, end: int) -> None:
        self.theirs.emu_start(CODE | 1, end)

    def run_ours(self, end: int, count: int, stepped: bool) -> None:
        if stepped:
            self.ours.step(count)
            return
        self.ours.add_breakpoint(end)
        reason = self.ours.run(1_000_000)
        self.ours.remove_breakpoint(end)
        assert reason is Stop.BREAKPOINT, (reason, self.ours.fault() and self.ours.fault().cause)


def make_registers(rng: random.Random) -> dict[str, int]:
    def word() -> int:
        return rng.choice(
            (
                rng.getrandbits(32),
                rng.getrandbits(8),
                0,
                0x80000000,
                0x7FFFFFFF,
                0xFFFFFFFF,
                rng.getrandbits(16) * 0x10001,
            )
        )

    registers = {name: word() for name in _CORE}
    middle = DATA + DATA_SIZE // 2
    registers |= {
        "r6": rng.randrange(16) * 4,
        "r7": middle,
        "r8": middle + 4,
        "r9": middle - 64,
        "sp": DATA + 0x100,
        "xpsr": rng.getrandbits(5) << 27,
    }
    for i in range(32):
        registers[f"s{i}"] = rng.choice(
            (rng.choice(_FLOATS), rng.getrandbits(32), 0x3F000000 + rng.getrandbits(25))
        )
    mode = rng.choice((0, 0, 0, 1, 2, 3)) << 22
    registers["r0"] = mode | (rng.getrandbits(2) << 24 if rng.random() < 0.3 else 0)
    registers["fpscr"] = 0
    return registers
