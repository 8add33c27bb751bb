#include "board/board.hpp"
#include "harness/format.hpp"
#include "harness/submitter.hpp"

extern "C" void th_timestamp() {
#if EE_CFG_ENERGY_MODE
    board::pulse_timestamp_pin();
#else
    const std::uint32_t now = board::microseconds();
    th_printf("m-lap-us-%lu\r\n", static_cast<unsigned long>(now));
#endif
}
