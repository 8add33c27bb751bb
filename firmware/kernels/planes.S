// A plane of planes.hpp by the DSP extension: four outputs at once, the nine weights in registers.

#include "kernels/macros.inc"

    .syntax unified
    .thumb

// Weights of a line: 0 and 1 in a word, 1 and 2 in the next.
wa0 .req r4
wb0 .req r5
wa1 .req r6
wb1 .req r7
wa2 .req r8
wb2 .req r9
// Four sums.
out0 .req r0
out1 .req r2
out2 .req r3
out3 .req r12
// Two neighbours of each of three lines.
line0 .req r10
line1 .req r11
line2 .req lr
from  .req r1
// When a sum is finished.
factor .req r10
addend .req r11
shift  .req lr
sign   .req r1
to     .req r10
step   .req r11
left   .req lr
three  .req r1

// Of the channel, and of PlaneOutput: kept in the FPU's registers.
bias_kept    .req s0
factor_kept  .req s1
addend_kept  .req s2
shift_kept   .req s3
first_kept   .req s4
step_kept    .req s5
line_kept    .req s6
outputs_kept .req s7
lines_kept   .req s8
down_kept    .req s9
top_kept     .req s10
to_kept      .req s11
left_kept    .req s12
from_kept    .req s13

    .equ pitch, 128

    .macro load at
    ldr line0, [from, #\at]
    ldr line1, [from, #\at + pitch]
    ldr line2, [from, #\at + 2 * pitch]
    .endm

// An output that begins at the first of two neighbours, at the second, or has begun before.
    .macro begin sum
    smlad \sum, line0, wa0, \sum
    smlad \sum, line1, wa1, \sum
    smlad \sum, line2, wa2, \sum
    .endm
    .macro begin_late sum
    smlatb \sum, line0, wa0, \sum
    smlatb \sum, line1, wa1, \sum
    smlatb \sum, line2, wa2, \sum
    .endm
    .macro end_early sum
    smlabt \sum, line0, wb0, \sum
    smlabt \sum, line1, wb1, \sum
    smlabt \sum, line2, wb2, \sum
    .endm
    .macro end sum
    smlad \sum, line0, wb0, \sum
    smlad \sum, line1, wb1, \sum
    smlad \sum, line2, wb2, \sum
    .endm

    .macro four_outputs_1
    load 0
    begin out0
    begin_late out1
    load 4
    end_early out0
    end out1
    begin out2
    begin_late out3
    load 8
    end_early out2
    end out3
    .endm

    .macro four_outputs_2
    load 0
    begin out0
    load 4
    end_early out0
    begin out1
    load 8
    end_early out1
    begin out2
    load 12
    end_early out2
    begin out3
    load 16
    end_early out3
    .endm

    .macro plane stride
    .section .text.convolve_plane_\stride, "ax", %progbits
    .balign 16
    .global tinysim_convolve_plane_\stride
    .type tinysim_convolve_plane_\stride, %function
    .thumb_func
// r0 the channel's words, r1 the plane, r2 where it goes.
tinysim_convolve_plane_\stride:
    push {r4-r11, lr}
    ldm r0!, {wa0, wb0, wa1, wb1, wa2, wb2}
    vldm r0, {s0-s3}
    vldm r2, {s4-s9}
    vmov top_kept, r1
1:  // a line
    vmov from, top_kept
    vmov.f32 to_kept, first_kept
    vmov.f32 left_kept, outputs_kept
    .balign 16
2:  // four outputs
    vmov out0, bias_kept
    mov out1, out0
    mov out2, out0
    mov out3, out0
    four_outputs_\stride
    vmov from_kept, from
    vmov factor, factor_kept
    vmov addend, addend_kept
    vmov shift, shift_kept
    finish out0
    finish out1
    finish out2
    finish out3
    vmov to, to_kept
    vmov step, step_kept
    vmov left, left_kept
    subs left, left, #4
    blt 3f
    add three, step, step, lsl #1
    strb out0, [to]
    strb out1, [to, step]
    strb out2, [to, step, lsl #1]
    strb out3, [to, three]
    beq 4f
    add to, to, step, lsl #2
    vmov left_kept, left
    vmov to_kept, to
    vmov from, from_kept
    add from, from, #8 * \stride
    b 2b
3:  // the line's last one, two or three
    strb out0, [to]
    cmp left, #-3
    ble 4f
    strb out1, [to, step]
    cmp left, #-2
    ble 4f
    strb out2, [to, step, lsl #1]
4:
    vmov r0, lines_kept
    subs r0, r0, #1
    beq 5f
    vmov lines_kept, r0
    vmov r0, first_kept
    vmov r1, line_kept
    vmov r2, top_kept
    vmov r3, down_kept
    add r0, r0, r1
    add r2, r2, r3
    vmov first_kept, r0
    vmov top_kept, r2
    b 1b
5:
    pop {r4-r11, pc}
    .size tinysim_convolve_plane_\stride, . - tinysim_convolve_plane_\stride
    .endm

    plane 1
    plane 2
