// multiply_rows of lanes.hpp for the DSP extension: eight rows of weights at once.

#include "kernels/macros.inc"

    .syntax unified
    .thumb
    .section .text.multiply_rows, "ax", %progbits

stream .req r0
input  .req r1
// Sums: ab + 256 b, a; and so on.
ab .req r2
aa .req r3
cd .req r4
cc .req r5
ef .req r6
ee .req r7
gh .req r8
gg .req r9
x  .req r10
w0 .req r11
w1 .req r12
w2 .req lr
// Requantization, when inputs and weights are done.
factor .req r10
addend .req r11
shift  .req r12
sign   .req r1
to     .req lr

input_kept  .req s0
end_kept    .req s1
output_kept .req s2
blocks_kept .req s3

// Two inputs to eight rows: 16 products in 19 cycles.
    .macro two_inputs
    ldr x, [input], #4
    ldr w0, [stream], #4
    ldr w1, [stream], #4
    ldr w2, [stream], #4
    smlad ab, w0, x, ab
    smlad cd, w1, x, cd
    smlad ef, w2, x, ef
    sxtb16 w0, w0
    sxtb16 w1, w1
    sxtb16 w2, w2
    smlad aa, w0, x, aa
    smlad cc, w1, x, cc
    smlad ee, w2, x, ee
    ldr w0, [stream], #4
    smlad gh, w0, x, gh
    sxtb16 w0, w0
    smlad gg, w0, x, gg
    .endm

// Two rows' sums to int8 (see lanes.S), both into the low one.
    .macro requantize both, low
    sub \both, \both, \low
    lsl \low, \low, #1
    asr \both, \both, #7
    ldm stream!, {factor, addend, shift}
    finish \low
    ldm stream!, {factor, addend, shift}
    finish \both
    bfi \low, \both, #8, #8
    .endm

    .balign 16
    .global tinysim_multiply_rows
    .type tinysim_multiply_rows, %function
    .thumb_func
// r0 stream, r1 input, r2 end, r3 blocks; output on the stack.
tinysim_multiply_rows:
    push {r4-r11, lr}
    ldr r4, [sp, #36]
    vmov input_kept, input
    vmov end_kept, r2
    vmov blocks_kept, r3
    vmov output_kept, r4
.Lblock:
    vmov input, input_kept
    vmov x, end_kept
    sub x, x, input
    ldm stream!, {r2-r9}
    all_inputs_by_sixteen input, end_kept, x, 8
    requantize ab, aa
    requantize cd, cc
    requantize ef, ee
    requantize gh, gg
    pkhbt aa, aa, cc, lsl #16
    pkhbt ee, ee, gg, lsl #16
    vmov to, output_kept
    str aa, [to], #4
    str ee, [to], #4
    vmov output_kept, to
    vmov to, blocks_kept
    subs to, to, #1
    vmov blocks_kept, to
    bne .Lblock
    pop {r4-r11, pc}
    .size tinysim_multiply_rows, . - tinysim_multiply_rows
