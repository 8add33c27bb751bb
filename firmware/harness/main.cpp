#include "board/board.hpp"
#include "harness/commands.hpp"
#include "harness/format.hpp"

int main() {
    board::start_clock();
#if EE_CFG_ENERGY_MODE
    board::start_serial(9600); // all that an energy monitor's IO manager speaks
    board::start_time();
    board::start_timestamp_pin();
    th_printf("m-timestamp-mode-energy\r\n");
#else
    board::start_serial(TH_BAUD);
    board::start_time();
    th_printf("m-timestamp-mode-performance\r\n");
#endif
    th_timestamp();
    th_final_initialize();
    th_printf("m-init-done\r\nm-ready\r\n");
    for (;;)
        harness::take(board::receive());
}
