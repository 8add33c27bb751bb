"""Loops in flash whose cycles are known, or follow from a mechanism of docs/timing.md."""

from dataclasses import dataclass, field
from pathlib import Path

from tinysim._core import Machine

from .assembly import assemble

FLASH, SRAM1, SRAM2, SRAM3 = 0x08000000, 0x20000000, 0x20030000, 0x20040000
SRAM2_CODE = 0x10000000
ROUNDS = 400

TRM = "100166 3.3.1"
PAIRS = "100166 3.3.2"
FPU = "100166 7.2"
BUSES = "100166 2.3.1"
INFERRED = "inferred"


@dataclass(frozen=True)
class Loop:
    """What `body` adds to a loop of `subs; bne`, in cycles, at five wait states unless `acr` says
    otherwise. r4, r5, r6, r7 and r10 point to SRAM1, flash, SRAM3, SRAM2 and SRAM2's alias.
    """

    mechanism: str
    body: str
    cycles: float
    source: str
    acr: int = 0x705
    options: dict[str, int | str | bool] = field(default_factory=dict)


LOOPS = (
    Loop("ALU", "add r1, r2\n add r2, r3", 2, TRM),
    Loop("ALU, shifted operand", "add.w r1, r2, r3, lsl #3", 1, TRM),
    Loop("bit field", "ubfx r1, r2, #3, #5", 1, TRM),
    Loop("saturate", "ssat r1, #8, r2", 1, TRM),
    Loop("CLZ", "clz r1, r2", 1, TRM),
    Loop("multiply", "mul r1, r2, r3\n mla r1, r2, r3, r1", 2, TRM),
    Loop("multiply, long", "smull r1, r2, r3, r1\n umlal r1, r2, r3, r3", 2, TRM),
    Loop("UMAAL", "umaal r1, r2, r3, r3", 1, TRM),
    Loop("multiply, SIMD", "smlad r1, r2, r3, r1\n smuad r1, r2, r3", 2, TRM),
    Loop("accumulator forwarded", "smlad r1, r2, r3, r1\n smlad r1, r2, r3, r1", 2, TRM),
    Loop("divide, few bits", "movs r1, #8\n movs r2, #4\n udiv r3, r1, r2", 5, TRM),
    Loop("divide 0", "movs r1, #0\n movs r2, #4\n udiv r3, r1, r2", 4, TRM),
    Loop("divide, 31 bits of quotient", "mvn r1, #0\n mov r2, #1\n udiv r3, r1, r2", 13, TRM),
    Loop("IT", "it ne\n addne r1, r2", 1, TRM),
    Loop("IT, not executed", "it eq\n ldreq r1, [r4]", 1, TRM),
    Loop("branch not taken", "beq end\n nop", 2, TRM),
    Loop("branch taken", "b 1f\n nop\n1:", 2, TRM),
    Loop("branch by register", "add.w r1, pc, #9\n nop\n bx r1\n nop\n nop\n1:", 5, TRM),
    Loop("call and return", "bl 9f\n b 1f\n9: bx lr\n1:", 7, TRM),
    Loop("table branch, index computed", "movs r1, #0\n tbb [pc, r1]\n .byte 1, 1\n1:", 7, TRM),
    Loop("NOP", "nop\n nop", 2, TRM),
    Loop("MRS", "mrs r1, PRIMASK", 2, TRM),
    Loop("load", "ldr r1, [r4]\n nop", 3, PAIRS),
    Loop("load from flash", "ldr r1, [r5]\n nop", 3, PAIRS),
    Loop(
        "literal in the row of the code", "ldr r1, 1f\n b 2f\n .balign 4\n1: .word 5\n2:", 4, PAIRS
    ),
    Loop("two loads", "ldr r1, [r4]\n ldr r2, [r4, #4]", 3, PAIRS),
    Loop(
        "four loads", "ldr r1, [r4]\n ldr r2, [r4, #4]\n ldr r3, [r4, #8]\n ldr r1, [r4]", 5, PAIRS
    ),
    Loop(
        "load behind a load of its address",
        "str r4, [r4]\n ldr r1, [r4]\n ldr r2, [r1]\n nop",
        6,
        PAIRS,
    ),
    Loop(
        "load behind a written-back base",
        "mov r1, r4\n nop\n ldr r2, [r1], #4\n ldr r3, [r1]\n nop",
        6,
        PAIRS,
    ),
    Loop("store behind a load", "ldr r1, [r4]\n str r1, [r4]", 2, PAIRS),
    Loop("store", "str r1, [r4]\n nop", 2, PAIRS),
    Loop("store, register offset", "str.w r1, [r4, r9]", 2, PAIRS),
    Loop("LDRD", "ldrd r1, r2, [r4]", 3, TRM),
    Loop("STRD", "strd r1, r2, [r4]", 3, TRM),
    Loop("LDM", "ldm r4, {r1, r2, r3}", 4, TRM),
    Loop("STM", "stm r4, {r1, r2, r3}", 4, TRM),
    Loop("computed address", "add r4, r9\n ldr r1, [r4]", 4, TRM),
    Loop("unaligned word at 2", "ldr.w r1, [r4, #2]", 3, TRM),
    Loop("unaligned word at 1", "ldr.w r1, [r4, #1]", 4, TRM),
    Loop("unaligned half-word", "ldrh.w r1, [r4, #1]", 3, TRM),
    Loop("half-word within a word", "ldrh.w r1, [r4, #2]", 2, TRM),
    Loop("SRAM3, first access", "ldr r1, [r6]\n nop", 4, INFERRED),
    Loop("SRAM2, first access", "ldr r1, [r7]\n nop", 4, INFERRED),
    Loop("SRAM3, access behind one", "ldr r1, [r6]\n ldr r2, [r6, #4]", 4, INFERRED),
    Loop("SRAM3, LDM", "ldm r6, {r1, r2, r3}", 5, INFERRED),
    Loop("SRAM3, store", "str r1, [r6]\n nop", 2, INFERRED),
    Loop("SRAM3, store and load", "str r1, [r6]\n ldr r2, [r6, #4]\n nop\n nop", 6, INFERRED),
    Loop("SRAM1 behind SRAM3", "ldr r1, [r6]\n nop\n ldr r2, [r4]\n nop", 8, INFERRED),
    Loop("SRAM3 behind SRAM1", "ldr r1, [r4]\n ldr r2, [r6]", 5, INFERRED),
    Loop("SRAM2 by its alias", "ldr.w r1, [r10]", 3, INFERRED),
    Loop("SRAM2 by its alias, stores", "str.w r1, [r10]\n str.w r1, [r10, #4]", 3, INFERRED),
    Loop("SRAM3, stores", "str r1, [r6]\n str r1, [r6, #4]", 3, INFERRED),
    Loop("bus change", "ldr r1, [r4]\n ldr r2, [r5]", 4, INFERRED),
    Loop("bit-band load", "ldr.w r1, [r11]", 2, BUSES),
    Loop("bit-band store and load", "str.w r1, [r11]\n ldr r2, [r4]\n nop", 5, BUSES),
    Loop("GPIO store", "str.w r1, [r12]", 1, INFERRED),
    Loop("SysTick read", "ldr.w r1, [lr]", 2, BUSES),
    Loop("VADD", "vadd.f32 s0, s1, s2", 1, FPU),
    Loop("VADD, result used", "vadd.f32 s0, s1, s2\n vadd.f32 s3, s0, s2", 3, FPU),
    Loop("VMLA", "vmla.f32 s0, s1, s2", 3, FPU),
    Loop("VFMA", "vfma.f32 s0, s1, s2", 3, FPU),
    Loop("VDIV", "vdiv.f32 s0, s1, s2", 14, FPU),
    Loop("VSQRT", "vsqrt.f32 s0, s1", 14, FPU),
    Loop("VCVT", "vcvt.f32.s32 s0, s1", 1, FPU),
    Loop("VMOV, one register", "vmov s0, r1", 1, FPU),
    Loop("VMOV, two registers", "vmov s0, s1, r1, r2", 2, FPU),
    Loop("VMOV, two registers back", "vmov r1, r2, s0, s1", 2, FPU),
    Loop("VLDR", "vldr s0, [r4]", 2, FPU),
    Loop("VSTR", "vstr s0, [r4]", 1, FPU),
    Loop("VLDM", "vldm r4, {s0-s3}", 5, FPU),
    Loop("VSTM", "vstm r4, {s0-s3}", 5, FPU),
)


def machine(image: bytes, **options: int | str | bool) -> Machine:
    """A chip of flash, three SRAMs and some peripherals, with the board's bus matrix."""
    made = Machine()
    made.add_memory("flash", "flash", [FLASH, 0], 0x10000)
    made.add_memory("sram1", "sram", [SRAM1], 0x30000)
    made.add_memory("sram2", "sram", [SRAM2, SRAM2_CODE], 0x10000)
    made.add_memory("sram3", "sram", [SRAM3], 0x60000)
    made.add_bit_band("band", 0x22000000, 0x1400000, SRAM1)
    made.add_peripheral("flashInterface", "Python.flashInterface", 0x40022000, 0x400, {})
    made.add_peripheral("gpioa", "GPIOPort.STM32_GPIOPort", 0x48000000, 0x400, {})
    made.add_bus("AHB1", 0x40020000, 0x10000, 0)
    made.add_bus("AHB2", 0x48000000, 0x10000, 0)
    chosen = {"tier": "T3", "bus.parked": "sram1", "bus.arbitration": 1}
    for name, value in options.items():
        chosen[name.replace("__", ".")] = value
    for name, value in chosen.items():
        made.configure(name, value)
    made.load(FLASH, image)
    made.reset()
    return made


def cycles(
    tmp_path: Path, body: str, padding: int = 0, acr: int = 0x705, **options: int | str | bool
) -> float:
    """Cycles a round of a loop in flash; `subs; bne` alone takes 3 where it is aligned."""
    source = f"""
    .word 0x20008000, start + 1
    .balign 32
    .thumb_func
start:
    ldr r0, =0xE000ED88
    ldr r1, =0x00F00000
    str r1, [r0]
    ldr r0, =0x40022000
    ldr r1, ={acr}
    str r1, [r0]
    ldr r0, ={ROUNDS}
    ldr r4, =0x20000100
    ldr r5, =0x08004000
    ldr r6, =0x20040100
    ldr r7, =0x20030100
    ldr r10, =0x10000100
    ldr r11, =0x22002000
    ldr r12, =0x48000014
    ldr lr, =0xE000E018
    mov r8, r5
    mov r9, #0
    b loop_head
    .ltorg
    .balign 32
loop_head:
    .rept {padding}
    nop
    .endr
loop:
    {body}
    subs r0, #1
    bne loop
end: b end
"""
    made = machine(assemble(tmp_path, source), **options)
    return rate(made, ROUNDS // 2, ROUNDS // 4)


def rate(made: Machine, first: int, last: int) -> float:
    """Cycles a round, from the round `first` of r0 to `last`."""
    while made.registers()["r0"] != first:
        made.step(1)
    start = made.cycles
    while made.registers()["r0"] != last:
        made.step(1)
    return (made.cycles - start) / (first - last)


def table() -> str:
    """The loops as docs/micro-benchmarks.md shows them."""
    rows = "".join(
        f"| {loop.mechanism} | `{'; '.join(part.strip() for part in loop.body.splitlines())}` "
        f"| {loop.cycles:g} | {loop.source} |\n"
        for loop in LOOPS
    )
    return f"""# What loops take at tier T3

Each row is a test: what its body adds to a loop of `subs; bne` in flash, in cycles, at five wait
states. r4, r5, r6, r7 and r10 point to SRAM1, flash, SRAM3, SRAM2 and SRAM2 at 0x10000000, r11 to
the bit-band alias of SRAM1, r12 to a port's ODR, lr to SysTick's VAL. The source says where a
figure comes from: the Cortex-M4's manual (100166), or *inferred* from measurements of
whole programs (docs/timing.md). `python -m tests.core.micro_benchmarks` writes this page.

| mechanism | body | cycles | source |
|---|---|---|---|
{rows}"""


if __name__ == "__main__":
    (Path(__file__).parents[2] / "docs" / "micro-benchmarks.md").write_text(table())
