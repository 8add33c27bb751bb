#include "core.hpp"

namespace tinysim {

Access Core::read_permitted(u32 address, unsigned size, u32& value) {
    if (!protection.permits(address, Use::read))
        return Access::forbidden;
    const Access result = bus.read(address, size, value);
    if (!debugging.patched_literals.empty()) [[unlikely]]
        patch_literal(address, size, value);
    if (debugging.watches_data()) [[unlikely]]
        match_data({address, size, value, false});
    return result;
}

Access Core::write_permitted(u32 address, unsigned size, u32 value) {
    if (!protection.permits(address, Use::write))
        return Access::forbidden;
    const Access result = bus.write(address, size, value);
    if (debugging.watches_data()) [[unlikely]]
        match_data({address, size, value, true});
    return result;
}

bool Core::violates(const Op* op, u32 address) {
    return fault(op, Exception::mem_manage, cfsr::daccviol | cfsr::mmarvalid, address);
}

/// CCR.BFHFNMIGN (B3.2.8): at the priorities of HardFault and NMI, and with FAULTMASK, a precise
/// error of a data access is noted and no more.
bool Core::ignores_bus_fault(u32 address) {
    if ((exceptions.ccr & Exceptions::ccr_bfhfnmign) == 0 ||
        exceptions.execution_priority(primask, faultmask, basepri) >= 0)
        return false;
    exceptions.cfsr |= cfsr::preciserr | cfsr::bfarvalid;
    exceptions.bfar = address;
    return true;
}

bool Core::abort_access(const Op* op, Access result, u32 address) {
    if (result == Access::forbidden)
        return violates(op, address);
    if (result == Access::stop)
        return fault(op, Exception::none, 0, address);
    return ignores_bus_fault(address) ||
           fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
}

bool Core::read_slow(const Op* op, u32 address, unsigned size, u32& value) {
    begin_slow_access();
    const bool unaligned = (address & (size - 1)) != 0;
    if (unaligned && (exceptions.ccr & Exceptions::ccr_unalign_trp) != 0)
        return fault(op, Exception::usage_fault, cfsr::unaligned);
    if (interface_of(address) == Interface::internal && !privileged())
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    accessing_ = op;
    Access result = Access::ok;
    looks_ += unaligned || bus.readable[address] == 0;
    u32 at = address;
    if (!unaligned) {
        result = read_permitted(at, size, value);
    } else {
        value = 0;
        for (unsigned i = 0; i < size && result == Access::ok; ++i) {
            at = address + i;
            u32 byte = 0;
            result = read_permitted(at, 1, byte);
            value |= byte << 8 * i;
        }
    }
    accessing_ = nullptr;
    if (result == Access::ok) [[likely]]
        return true;
    value = 0;
    return abort_access(op, result, result == Access::forbidden ? at : address);
}

/// STIR, the one register that CCR.USERSETMPEND gives to unprivileged software (B3.2.26).
bool Core::may_trigger(u32 address) const {
    return address == 0xE000EF00 && bit<1>(exceptions.ccr);
}

bool Core::write_slow(const Op* op, u32 address, unsigned size, u32 value) {
    begin_slow_access();
    const bool unaligned = (address & (size - 1)) != 0;
    if (unaligned && (exceptions.ccr & Exceptions::ccr_unalign_trp) != 0)
        return fault(op, Exception::usage_fault, cfsr::unaligned);
    if (interface_of(address) == Interface::internal && !privileged() && !may_trigger(address))
        return fault(op, Exception::bus_fault, cfsr::preciserr | cfsr::bfarvalid, address);
    accessing_ = op;
    Access result = Access::ok;
    u32 at = address;
    if (!unaligned) {
        result = write_permitted(at, size, value);
    } else {
        for (unsigned i = 0; i < size && result == Access::ok; ++i) {
            at = address + i;
            result = write_permitted(at, 1, value >> 8 * i & 0xFF);
        }
    }
    accessing_ = nullptr;
    if (result == Access::ok) [[likely]] {
        leave = deadline_ < cycles + running_block_->bound;
        return true;
    }
    return abort_access(op, result, result == Access::forbidden ? at : address);
}

void Core::after_write(Core& core, const Op* op) {
    if (!core.leave)
        return next(core, op);
    core.leave = false;
    core.stopped_at = op;
    core.exit = Exit::left;
}

} // namespace tinysim
