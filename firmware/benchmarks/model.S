// The model, as it is, in flash, and the memory that it is given. The sizes, in bytes, and where each
// part of that memory begins are words in flash: whoever puts a model into an image that was built
// without one (no MODEL_FILE) writes them, and the model behind everything else. Where each layer's
// weights are to lie is a table behind the model (tflm/places.cpp); without one they lie in the arena.

    .macro object name
    .global \name
    .type \name, %object
\name:
    .endm

    .macro constant name, value
    .section .rodata.\name, "a"
    .balign 4
    object \name
    .word \value
    .size \name, 4
    .endm

    .macro memory name, bytes, alignment
    .section .memory.\name, "aw", %nobits
    .balign \alignment
.L\name:
#ifdef MODEL_FILE
    .space \bytes
#endif
    constant tinysim_\name, .L\name
    constant tinysim_\name\()_bytes, \bytes
    .endm

// 16: what the interpreter asks of a flatbuffer, and of its arena.
    .section .model, "a"
    .balign 16
    object g_model
#ifdef MODEL_FILE
    .incbin MODEL_FILE
#else
    .word 0
#endif
    .size g_model, . - g_model
.Lstate_at_reset:

    constant tinysim_state_at_reset, .Lstate_at_reset
    constant tinysim_outputs, 1
    constant tinysim_states, 0
    constant tinysim_packs, 1
    constant tinysim_places, .Lstate_at_reset
    constant tinysim_place_count, 0
    memory scratch, SCRATCH_BYTES, 8
    memory input, INPUT_BYTES, 16
    memory state, 0, 16
    memory arena, ARENA_BYTES, 16

// More of it, where the host has any use for it.
    .irp name, scratch2, scratch3, weights, weights2, weights3, weights4, weights5, weights6
    .section .memory.\name, "aw", %nobits
    .endr

// What the host knows of that table, for reports: no part of the board's memory.
    .section .placement, "", %progbits
    .byte 0

// For the linker script.
    .global tinysim_stack_bytes
    .set tinysim_stack_bytes, STACK_BYTES
