// The model, as it is, in flash, and the memory that it is given. The sizes, in bytes, are the
// build's; in flash they are words, which whoever sizes the arena may change in an image.
#ifdef SIZES_FILE
#include SIZES_FILE
#endif
#ifndef STATES
#define STATES 0
#define STATE_BYTES 0
#endif
#ifndef OUTPUTS
#define OUTPUTS 1
#endif

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

    .macro memory name, bytes, section, alignment
    .section \section, "aw", %nobits
    .balign \alignment
    object \name
    .space \bytes
    .size \name, . - \name
    constant \name\()_bytes, \bytes
    .endm

// 16: what the interpreter asks of a flatbuffer, and of its arena.
    .section .rodata.model, "a"
    .balign 16
    object g_model
    .incbin MODEL_FILE
    .size g_model, . - g_model

    .section .rodata.state, "a"
    object tinysim_state_at_reset
#ifdef STATE_FILE
    .incbin STATE_FILE
#endif
    .size tinysim_state_at_reset, . - tinysim_state_at_reset

// For the linker script; without it the stack has 8 KB.
#ifdef STACK_BYTES
    .global tinysim_stack_bytes
    .set tinysim_stack_bytes, STACK_BYTES
#endif

    constant tinysim_outputs, OUTPUTS
    constant tinysim_states, STATES
    memory tinysim_scratch, SCRATCH_BYTES, .bss.scratch, 8
    memory tinysim_input, INPUT_BYTES, .bss.input, 16
    memory tinysim_state, STATE_BYTES, .bss.state, 16
    memory tinysim_arena, ARENA_BYTES, .bss.arena, 16
