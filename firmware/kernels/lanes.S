// multiply_lanes of lanes.hpp for the DSP extension: four channels of two outputs in registers.
//
// Four LDRs in a row take five cycles; an LDRD or an LDM would begin anew. The whole is 600 bytes: it
// stays in the instruction cache of 1 KB while a layer goes on.

#include "kernels/macros.inc"

    .syntax unified
    .thumb
    .section .text.multiply_lanes, "ax", %progbits

stream  .req r0
patches .req r1
// Sums of output 0 and output 1: ab + 256 b, a; cd, c.
ab0     .req r2
aa0      .req r3
cd0     .req r4
cc0      .req r5
ab1     .req r6
aa1      .req r7
cd1     .req r8
cc1      .req r9
// Inputs of output 0 and output 1; weights.
x0      .req r10
x1      .req r11
wab     .req r12
wcd     .req lr
// Requantization, when inputs and weights are done.
factor  .req r10
addend  .req r11
shift   .req r12
sign    .req r1

// Kept in the FPU's registers, which nobody else needs meanwhile.
patches_kept .req s0
end_kept     .req s1
first_kept   .req s2
second_kept  .req s3
blocks_kept  .req s4

// Two inputs to four channels of two outputs: 16 products in 15 cycles.
    .macro two_inputs
    ldr x0, [patches], #4
    ldr x1, [patches], #4
    ldr wab, [stream], #4
    ldr wcd, [stream], #4
    smlad ab0, wab, x0, ab0
    smlad ab1, wab, x1, ab1
    sxtb16 wab, wab
    smlad cd0, wcd, x0, cd0
    smlad cd1, wcd, x1, cd1
    sxtb16 wcd, wcd
    smlad aa0, wab, x0, aa0
    smlad aa1, wab, x1, aa1
    smlad cc0, wcd, x0, cc0
    smlad cc1, wcd, x1, cc1
    .endm

// A channel's two sums, doubled, to int8.
    .macro requantize sum0, sum1
    ldm stream!, {factor, addend, shift}
    finish \sum0
    finish \sum1
    .endm

// Four bytes to where `kept` points, which goes on.
    .macro store a, b, c, d, kept
    bfi \a, \b, #8, #8
    bfi \c, \d, #8, #8
    pkhbt \a, \a, \c, lsl #16
    vmov sign, \kept
    str \a, [sign], #4
    vmov \kept, sign
    .endm

    .balign 16
    .global tinysim_multiply_lanes
    .type tinysim_multiply_lanes, %function
    .thumb_func
// r0 stream, r1 patches, r2 end, r3 blocks; first and second on the stack.
tinysim_multiply_lanes:
    push {r4-r11, lr}
    ldr r4, [sp, #36]
    ldr r5, [sp, #40]
    vmov patches_kept, patches
    vmov end_kept, r2
    vmov blocks_kept, r3
    vmov first_kept, r4
    vmov second_kept, r5
.Lblock:
    vmov patches, patches_kept
    vmov x0, end_kept
    sub x0, x0, patches
    ldm stream!, {ab0, aa0, cd0, cc0}
    mov ab1, ab0
    mov aa1, aa0
    mov cd1, cd0
    mov cc1, cc0
    all_inputs patches, end_kept, x0, 16

    sub ab0, ab0, aa0
    sub ab1, ab1, aa1
    sub cd0, cd0, cc0
    sub cd1, cd1, cc1
    lsl aa0, aa0, #1
    lsl aa1, aa1, #1
    lsl cc0, cc0, #1
    lsl cc1, cc1, #1
    asr ab0, ab0, #7
    asr ab1, ab1, #7
    asr cd0, cd0, #7
    asr cd1, cd1, #7
    requantize aa0, aa1
    requantize ab0, ab1
    requantize cc0, cc1
    requantize cd0, cd1
    store aa0, ab0, cc0, cd0, first_kept
    store aa1, ab1, cc1, cd1, second_kept
    vmov sign, blocks_kept
    subs sign, sign, #1
    vmov blocks_kept, sign
    bne .Lblock
    pop {r4-r11, pc}
    .size tinysim_multiply_lanes, . - tinysim_multiply_lanes
