// multiply_taps of depthwise.cpp for the DSP extension: two taps of four channels at once.

#include "kernels/macros.inc"

    .syntax unified
    .thumb
    .section .text.multiply_taps, "ax", %progbits

stream .req r0
at     .req r1
// Sums of the four channels.
sum0   .req r2
sum1   .req r3
sum2   .req r4
sum3   .req r5
step   .req r7
begin  .req r8
// Four channels of one tap and of the next; weights.
tap0   .req r9
tap1   .req r10
w0     .req r11
w1     .req r12
x      .req r6
left   .req lr
// Requantization, when taps and weights are done.
factor .req r9
addend .req r10
shift  .req r11
sign   .req r12

// Kept in the FPU's registers, which nobody else needs meanwhile.
from_kept   .req s0
groups_kept .req s1
output_kept .req s2
lines_kept  .req s3
pairs_kept  .req s4
odd_kept    .req s5
line_kept   .req s6
lines_left  .req s7

// Of two taps the channels 0 and 1, then 2 and 3: eight products in 17 cycles.
    .macro two_taps
    pkhbt w0, tap0, tap1, lsl #16
    pkhtb tap1, tap1, tap0, asr #16
    ldr w1, [stream], #4
    ldr x, [stream], #4
    sxtb16 tap0, w0
    sxtb16 w0, w0, ror #8
    smlad sum0, tap0, w1, sum0
    smlad sum1, w0, x, sum1
    ldr w1, [stream], #4
    ldr x, [stream], #4
    sxtb16 tap0, tap1
    sxtb16 tap1, tap1, ror #8
    smlad sum2, tap0, w1, sum2
    smlad sum3, tap1, x, sum3
    .endm

    .macro requantize sum
    lsl \sum, \sum, #1
    ldm stream!, {factor, addend, shift}
    finish \sum
    .endm

    .balign 16
    .global tinysim_multiply_taps
    .type tinysim_multiply_taps, %function
    .thumb_func
// r0 stream, r1 from, r2 walk, r3 groups; output on the stack.
tinysim_multiply_taps:
    push {r4-r11, lr}
    ldr r4, [sp, #36]
    vmov from_kept, r1
    vmov groups_kept, r3
    vmov output_kept, r4
    vldm r2!, {s3-s6} // lines, pairs, whether there is one more, line
    ldr step, [r2]
.Lgroup:
    ldm stream!, {sum0, sum1, sum2, sum3}
    vmov lines_left, lines_kept
    vmov begin, from_kept
.Lline:
    vmov left, pairs_kept
    mov at, begin
    cmp left, #0
    beq .Lodd
    .balign 16
.Lpair:
    ldr tap0, [at]
    ldr tap1, [at, step]
    add at, at, step, lsl #1
    two_taps
    subs left, left, #1
    bne .Lpair
.Lodd:
    vmov w0, odd_kept
    cmp w0, #0
    beq .Lended
    ldr tap0, [at]
    mov tap1, tap0 // meets weights of 0
    two_taps
.Lended:
    vmov w0, lines_left
    vmov w1, line_kept
    subs w0, w0, #1
    add begin, begin, w1
    vmov lines_left, w0
    bne .Lline
    requantize sum0
    requantize sum1
    requantize sum2
    requantize sum3
    bfi sum0, sum1, #8, #8
    bfi sum2, sum3, #8, #8
    pkhbt sum0, sum0, sum2, lsl #16
    vmov w0, output_kept
    vmov w1, from_kept
    vmov x, groups_kept
    str sum0, [w0], #4
    add w1, w1, #4
    subs x, x, #1
    vmov output_kept, w0
    vmov from_kept, w1
    vmov groups_kept, x
    bne .Lgroup
    pop {r4-r11, pc}
    .size tinysim_multiply_taps, . - tinysim_multiply_taps
