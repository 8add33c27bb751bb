#include "../../peripherals/register_block.hpp"
#include "../../peripherals/registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

RegisterMap registers() {
    return {
        {0x00, "CSSA", 0, {{"ADD", 23, 8}}},
        {0x04, "CSL", 0, {{"LENG", 21, 8}}},
        {0x08, "NVDSSA", 0, {{"ADD", 23, 8}}},
        {0x0C, "NVDSL", 0, {{"LENG", 21, 8}}},
        {0x10, "VDSSA", 0, {{"ADD", 17, 6}}},
        {0x14, "VDSL", 0, {{"LENG", 17, 6}}},
        {0x20, "CR", 0, {{"FPA", 0}, {"VDS", 1}, {"VDE", 2}}},
    };
}

/// The firewall (RM0432 section 4): its registers. SYSCFG_CFGR1.FWDIS, which would turn it on, says
/// that it protects nothing here.
class Firewall final : public RegisterBlock {
public:
    explicit Firewall(const Site& site) : RegisterBlock(site.name, site.around, registers()) {}
};

const Registered model{"Miscellaneous.STM32L4_Firewall", make<Firewall>};

} // namespace
} // namespace tinysim
