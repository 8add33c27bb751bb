"""Programs in assembly that speak no protocol."""

VECTORS = """
    .word 0x20008000, start + 1
    .rept 100
    .word fault + 1
    .endr
    .thumb_func
fault: b fault
    .balign 4
    .thumb_func
start:
"""

SEMIHOSTING = (
    VECTORS
    + """
    movs r0, #4
    adr r1, text
    bkpt 0xAB
    movs r0, #0x20
    adr r1, ends
    bkpt 0xAB
    b .
    .balign 4
ends: .word 0x20026, {code}
text: .asciz "hello\\n"
"""
)

RTT = (
    VECTORS
    + """
    ldr r0, =0x20000400
    adr r1, block
    movs r2, #12
1:  ldr r3, [r1], #4
    str r3, [r0], #4
    subs r2, #1
    bne 1b
    ldr r4, =0x20000400
    ldr r5, =0x20000800
    adr r6, text
    movs r2, #0
2:  ldrb r3, [r6, r2]
    cbz r3, 3f
    ldr r0, [r4, #36]     @ write offset
    strb r3, [r5, r0]
    adds r0, #1
    and r0, #15
    str r0, [r4, #36]
    adds r2, #1
    ldr r7, =20000        @ slower than the host reads
4:  subs r7, #1
    bne 4b
    b 2b
3:  wfi
    b 3b
    .balign 4
block: .asciz "SEGGER RTT"
    .skip 5
    .word 1, 0
    .word 0, 0x20000800, 16, 0, 0, 0
text: .asciz "longer than the ring of sixteen bytes\\n"
"""
)

ECHO_BUTTON = (
    VECTORS
    + """
    ldr r0, =0x40021000   @ RCC_AHB2ENR: GPIOB, GPIOC
    movs r1, #6
    str r1, [r0, #0x4C]
    ldr r4, =0x48000400
    ldr r5, =0x48000800
    ldr r1, [r4]
    bic r1, #0xC000
    orr r1, #0x4000       @ PB7 is an output
    str r1, [r4]
    ldr r1, [r5]
    bic r1, #0x0C000000   @ PC13 is an input
    str r1, [r5]
1:  ldr r1, [r5, #0x10]
    lsrs r1, #13
    and r1, #1
    lsls r1, #7
    str r1, [r4, #0x14]
    b 1b
"""
)

TWO_PORTS = (
    VECTORS
    + """
    ldr r0, =0x40021000   @ RCC_APB1ENR1: USART2, USART3
    movs r1, #6
    lsls r1, #16
    str r1, [r0, #0x58]
    ldr r4, =0x40004400
    ldr r5, =0x40004800
    bl open
    mov r6, r4
    mov r4, r5
    bl open
    mov r4, r6
    adr r1, second
    bl say
    mov r4, r5
    adr r1, third
    bl say
1:  wfi
    b 1b
open:
    movs r1, #35          @ 4 MHz / 115200
    str r1, [r4, #0x0C]
    movs r1, #9           @ UE, TE
    str r1, [r4]
    bx lr
say:
2:  ldrb r2, [r1], #1
    cbz r2, 4f
3:  ldr r3, [r4, #0x1C]
    lsls r3, #24          @ TXE
    bpl 3b
    str r2, [r4, #0x28]
    b 2b
4:  bx lr
    .balign 4
second: .asciz "from the second\\r\\n"
third: .asciz "from the third"
"""
)

ASKS = (
    VECTORS
    + """
    ldr r0, =0x40021000   @ RCC_APB1ENR1: USART2
    movs r1, #2
    lsls r1, #16
    str r1, [r0, #0x58]
    ldr r4, =0x40004400
    movs r1, #35          @ 4 MHz / 115200
    str r1, [r4, #0x0C]
    movs r1, #13          @ UE, TE, RE
    str r1, [r4]
1:  adr r1, question
2:  ldrb r2, [r1], #1
    cbz r2, 3f
    bl put
    b 2b
3:  ldr r3, [r4, #0x1C]
    lsls r3, #26          @ RXNE
    bpl 3b
    ldr r2, [r4, #0x24]
    bl put
    movs r2, #10
    bl put
    b 1b
put:
    ldr r3, [r4, #0x1C]
    lsls r3, #24          @ TXE
    bpl put
    str r2, [r4, #0x28]
    bx lr
    .balign 4
question: .asciz "\\tä?"
"""
)

UNMODELLED = (
    VECTORS
    + """
    ldr r0, =0x40003800   @ SPI2, or whatever is there
    ldr r1, [r0]
    udf #0
"""
)

ITM = (
    VECTORS
    + """
    ldr r0, =0xE0000000   @ ITM: what CMSIS's ITM_SendChar asks before it sends
    ldr r1, =0xE0000E80
    ldr r2, [r1]
    lsls r2, #31
    beq 3f
    adr r3, text
1:  ldrb r2, [r3], #1
    cbz r2, 3f
2:  ldr r4, [r0]
    cmp r4, #0
    beq 2b
    strb r2, [r0]
    str r2, [r0, #4]      @ and by word to port 1
    b 1b
3:  ldr r1, =0xE000EDF0   @ DHCSR: semihosting only with a debugger
    ldr r2, [r1]
    lsls r2, #31
    beq 4f
    movs r0, #4
    adr r1, text
    bkpt 0xAB
    {end}
4:  wfi
    b 4b
    .balign 4
text: .asciz "by the back door\\n"
    .ltorg
"""
)
