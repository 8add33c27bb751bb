#include "system_control.hpp"

#include "component_ids.hpp"
#include "nvic.hpp"

#include <utility>

namespace tinysim {
namespace {

/// Register offsets from 0xE000E000 (DDI0403 B3.2 to B3.5).
enum Offset : u32 {
    ictr = 0x004,
    actlr = 0x008,
    syst_csr = 0x010,
    syst_rvr = 0x014,
    syst_cvr = 0x018,
    syst_calib = 0x01C,
    mpu_first = 0xD90,
    mpu_last = 0xDB8,
    debug_first = 0xDF0,
    demcr = 0xDFC,
    component_ids = 0xFD0,
};

} // namespace

void SystemControl::input(int line, bool level) {
    if (core_.exceptions.set_line(static_cast<unsigned>(line), level))
        core_.need_attention();
}

void SystemControl::stop_clock() {
    sys_tick_.stop(around.now());
    schedule(never);
    if (dwt_)
        dwt_->settle();
}

void SystemControl::start_clock() {
    sys_tick_.start(around.now());
    schedule(sys_tick_.due());
    if (dwt_)
        dwt_->restart();
}

void SystemControl::on_due() {
    while (sys_tick_.due() <= around.now())
        if (sys_tick_.on_due()) {
            core_.exceptions.pend(Exception::sys_tick);
            core_.need_attention();
        }
    schedule(sys_tick_.due());
}

bool SystemControl::take_reset_request() {
    return std::exchange(core_.exceptions.reset_requested, false);
}

u32 SystemControl::read(u32 offset) {
    switch (offset) {
    case ictr:
        return 2; // 96 interrupt lines
    case actlr:
        return actlr_;
    case syst_csr:
        return sys_tick_.read_control(around.now());
    case syst_rvr:
        return sys_tick_.reload();
    case syst_cvr:
        return sys_tick_.value(around.now());
    case syst_calib:
        return 0x4000270F; // RM0432: 1 ms at 80 MHz / 8, no reference clock
    default:
        break;
    }
    if (offset >= nvic::first && offset <= nvic::last)
        return nvic::read(core_.exceptions, offset);
    if (offset >= mpu_first && offset <= mpu_last)
        return core_.protection.mpu.read(offset - mpu_first);
    if (offset >= debug_first && offset <= demcr)
        return debug_.read(offset - debug_first);
    if (offset >= component_ids)
        return component_id(Component::system_control, offset);
    return control_block_.read(offset);
}

void SystemControl::write(u32 offset, u32 value) {
    switch (offset) {
    case actlr:
        actlr_ = value;
        return;
    case syst_csr:
        sys_tick_.write_control(around.now(), value);
        return schedule(sys_tick_.due());
    case syst_rvr:
        sys_tick_.write_reload(around.now(), value);
        return schedule(sys_tick_.due());
    case syst_cvr:
        sys_tick_.clear_value(around.now());
        return schedule(sys_tick_.due());
    default:
        break;
    }
    if (offset >= nvic::first && offset <= nvic::last)
        nvic::write(core_.exceptions, offset, value);
    else if (offset >= mpu_first && offset <= mpu_last)
        core_.write_mpu(offset - mpu_first, value);
    else if (offset >= debug_first && offset <= demcr)
        write_debug(offset, value);
    else if (control_block_.write(offset, value))
        around.look_again();
    core_.protect();
    core_.need_attention();
}

void SystemControl::write_debug(u32 offset, u32 value) {
    if (dwt_)
        dwt_->settle();
    debug_.write(offset - debug_first, value);
    if (dwt_)
        dwt_->arm(); // DEMCR.TRCENA may have changed
}

u32 SystemControl::merge_base(u32 offset) {
    const bool priorities = (offset >= nvic::priority_registers && offset <= nvic::last) ||
                            ControlBlock::has_priorities(offset);
    return priorities ? read(offset) : 0;
}

void SystemControl::fields(State& state) {
    state(sys_tick_);
    state(core_.protection.mpu);
    state(actlr_);
    debug_.fields(state);
}

} // namespace tinysim
