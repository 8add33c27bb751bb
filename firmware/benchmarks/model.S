// The model, as it is, in flash. 16: what the interpreter asks of a flatbuffer.
    .section .rodata.model, "a"
    .balign 16
    .global g_model
    .type g_model, %object
g_model:
    .incbin MODEL_FILE
    .size g_model, . - g_model
