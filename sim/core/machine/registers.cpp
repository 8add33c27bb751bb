#include "machine.hpp"

#include <cctype>

namespace tinysim {

std::map<std::string, u32> Machine::registers() {
    std::map<std::string, u32> result;
    for (unsigned i = 0; i < 13; ++i)
        result["r" + std::to_string(i)] = core.r[i];
    result["sp"] = core.r[13];
    result["lr"] = core.r[14];
    result["pc"] = core.pc;
    result["xpsr"] = core.xpsr();
    result["msp"] = core.main_sp();
    result["psp"] = core.process_sp();
    result["primask"] = core.primask;
    result["basepri"] = core.basepri;
    result["faultmask"] = core.faultmask;
    result["control"] = core.control();
    result["fpscr"] = core.fpscr | core.fp_flags;
    for (unsigned i = 0; i < 32; ++i)
        result["s" + std::to_string(i)] = core.s[i];
    return result;
}

void Machine::set_register(const std::string& name, u32 value) {
    const auto numbered = [&](char letter, unsigned count) -> int {
        if (name.size() < 2 || name.size() > 3 || name[0] != letter)
            return -1;
        for (const char c : name.substr(1))
            if (std::isdigit(static_cast<unsigned char>(c)) == 0)
                return -1;
        const int index = std::stoi(name.substr(1));
        return index < static_cast<int>(count) ? index : -1;
    };
    if (const int index = numbered('r', 13); index >= 0)
        core.r[static_cast<std::size_t>(index)] = value;
    else if (const int single = numbered('s', 32); single >= 0)
        core.s[static_cast<std::size_t>(single)] = value;
    else if (name == "sp")
        core.r[13] = value & ~3u;
    else if (name == "lr")
        core.r[14] = value;
    else if (name == "pc")
        core.set_pc(value & ~1u);
    else if (name == "xpsr")
        core.set_xpsr(value);
    else if (name == "msp")
        core.main_sp() = value & ~3u;
    else if (name == "psp")
        core.process_sp() = value & ~3u;
    else if (name == "primask")
        core.primask = (value & 1) != 0;
    else if (name == "basepri")
        core.basepri = value & 0xF0;
    else if (name == "faultmask")
        core.faultmask = (value & 1) != 0;
    else if (name == "control")
        core.set_control(value);
    else if (name == "fpscr")
        core.write_fpscr(value);
    else
        throw CoreError("no register " + name);
    core.protect();
}

} // namespace tinysim
