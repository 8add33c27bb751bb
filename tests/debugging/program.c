/* A program to be looked at by debuggers. It never ends. */
#include <stdint.h>

volatile uint32_t counter;
uint32_t table[4] = {1, 2, 3, 4};
float ratio = 1.5f;
volatile uint32_t ticks;

struct {
    char name[16];
    int32_t up, down;
    struct {
        const char *name;
        char *buffer;
        uint32_t size, written;
        volatile uint32_t read;
        uint32_t flags;
    } channel;
} rtt;
static char rtt_buffer[64];

__attribute__((noinline)) uint32_t inner(uint32_t x) {
    counter += x;
    table[x & 3] = counter;
    return counter * 3;
}

__attribute__((noinline)) uint32_t outer(uint32_t x) {
    uint32_t y = inner(x + 1);
    ratio += 0.25f;
    return y + 1;
}

static void say(const char *text) {
    for (; *text; ++text) {
        rtt_buffer[rtt.channel.written] = *text;
        rtt.channel.written = (rtt.channel.written + 1) % sizeof rtt_buffer;
    }
}

int main(void) {
    rtt.up = 1;
    rtt.channel.buffer = rtt_buffer;
    rtt.channel.size = sizeof rtt_buffer;
    for (int i = 0; i < 11; ++i) rtt.name[i] = "SEGGER RTT"[i];
    say("hello by RTT\n");
    *(volatile uint32_t *)0xE000E014 = 4999; /* SysTick */
    *(volatile uint32_t *)0xE000E018 = 0;
    *(volatile uint32_t *)0xE000E010 = 7;
    uint32_t sum = 0;
    for (uint32_t i = 0;; i++) sum += outer(i);
    return (int)sum;
}

void SysTick_Handler(void) { ticks++; }

extern uint32_t _estack, _sdata, _edata, _sidata, _sbss, _ebss;

void Reset_Handler(void) {
    *(volatile uint32_t *)0xE000ED88 |= 0xF << 20; /* CPACR: the FPU */
    for (volatile uint32_t *s = &_sidata, *d = &_sdata; d < &_edata;) *d++ = *s++;
    for (volatile uint32_t *d = &_sbss; d < &_ebss;) *d++ = 0;
    main();
}

void Hang(void) {
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) void *const vectors[16] = {
    &_estack, Reset_Handler, Hang, Hang, Hang, Hang, Hang, 0, 0, 0, 0, Hang, Hang, 0, Hang,
    SysTick_Handler};
