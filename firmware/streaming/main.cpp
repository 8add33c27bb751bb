#include "board/board.hpp"
#include "board/registers.hpp"
#include "harness/format.hpp"
#include "harness/submitter.hpp"
#include "streaming/audio.hpp"
#include "streaming/commands.hpp"
#include "streaming/console.hpp"
#include "streaming/detector.hpp"
#include "streaming/pins.hpp"

int main() {
    board::start_clock();
    board::start_serial(EE_CFG_ENERGY_MODE ? 9600 : 115200);
    board::start_time();
    board::systick::csr = 0; // nothing here counts milliseconds, and the core sleeps longer
    board::start_timestamp_pin();
    pins::start();
    th_printf(EE_CFG_ENERGY_MODE ? "m-timestamp-mode-energy\r\n"
                                 : "m-timestamp-mode-performance\r\n");
    th_timestamp();
    detector::start();
    audio::start_hardware();
    board::scb::shpr3 = 0xF0u << 16; // PendSV after every interrupt
    console::start();
    th_printf("m-init-done\r\nm-ready\r\n");
    for (;;)
        streaming::take(console::receive());
}
