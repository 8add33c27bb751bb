@ Programs the flash of an STM32L4R5 for a debugger (RM0432 3.3.5 to 3.3.7), out of RAM and wherever
@ it is loaded. Each function returns 0 in r0, or what FLASH_SR says is wrong.
    .syntax unified
    .cpu cortex-m4
    .thumb

    .equ ACR, 0x00
    .equ KEYR, 0x08
    .equ SR, 0x10
    .equ CR, 0x14
    .equ OPTR, 0x20
    .equ ERRORS, 0xC3FA

    .text
    bkpt #0                     @ where each function returns to
    b .

init:                           @ (address, clock, purpose)
    ldr r3, FLASH
    ldr r1, [r3, #CR]
    cmp r1, #0
    bpl 1f                      @ LOCK: it is open
    ldr r1, KEY1
    str r1, [r3, #KEYR]
    ldr r1, KEY2
    str r1, [r3, #KEYR]
1:  movw r1, #ERRORS
    str r1, [r3, #SR]
    movs r0, #0
    bx lr

uninit:                         @ (purpose)
    ldr r3, FLASH
    mov r1, #0x80000000         @ LOCK
    str r1, [r3, #CR]
    ldr r0, [r3, #ACR]          @ the caches know what was there before
    bic r1, r0, #0x600          @ ICEN, DCEN
    str r1, [r3, #ACR]
    orr r1, r1, #0x1800         @ ICRST, DCRST
    str r1, [r3, #ACR]
    bic r1, r1, #0x1800
    str r1, [r3, #ACR]
    str r0, [r3, #ACR]
    movs r0, #0
    bx lr

erase_sector:                   @ (address)
    ldr r3, FLASH
    ldr r2, [r3, #OPTR]
    lsls r2, r2, #9             @ DBANK
    bmi 1f
    ubfx r1, r0, #13, #8        @ 256 pages of 8 KB
    lsls r1, r1, #3             @ PNB
    b 2f
1:  ubfx r1, r0, #12, #8        @ two banks with 256 pages of 4 KB
    lsls r1, r1, #3
    ubfx r2, r0, #20, #1
    orr r1, r1, r2, lsl #11     @ BKER
2:  orr r1, r1, #2              @ PER
    b start

erase_chip:
    ldr r3, FLASH
    movw r1, #0x8004            @ MER1, MER2
start:
    str r1, [r3, #CR]
    orr r1, r1, #0x10000        @ STRT
    str r1, [r3, #CR]
finish:
    ldr r0, [r3, #SR]
    lsls r1, r0, #15            @ BSY
    bmi finish
    movs r1, #0
    str r1, [r3, #CR]
    movw r1, #ERRORS
    ands r0, r0, r1
    bx lr

program_page:                   @ (address, size, data)
    push {r4, lr}
    ldr r3, FLASH
    movs r4, #1                 @ PG
    str r4, [r3, #CR]
    adds r1, r1, #7
    lsrs r1, r1, #3
    beq 3f
1:  ldr r4, [r2], #4
    str r4, [r0], #4
    ldr r4, [r2], #4
    str r4, [r0], #4
    dsb
2:  ldr r4, [r3, #SR]
    lsls r4, r4, #15            @ BSY
    bmi 2b
    ldr r4, [r3, #SR]
    movw lr, #ERRORS
    tst r4, lr
    bne 3f
    subs r1, r1, #1
    bne 1b
3:  bl finish
    pop {r4, pc}

    .balign 4
FLASH: .word 0x40022000
KEY1: .word 0x45670123
KEY2: .word 0xCDEF89AB
