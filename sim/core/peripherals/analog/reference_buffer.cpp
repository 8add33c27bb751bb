#include "../register_block.hpp"
#include "../registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

constexpr u32 csr = 0x00;
constexpr u32 csr_envr = 1u << 0;
constexpr u32 csr_hiz = 1u << 1;
constexpr u32 csr_vrr = 1u << 3;

RegisterMap registers() {
    return {
        {0x00, "CSR", csr_hiz, {{"ENVR", 0}, {"HIZ", 1}, {"VRS", 2, stored}, {"VRR", 3, status}}},
        {0x04, "CCR", 0, {{"TRIM", 5, 0, stored}}},
    };
}

/// Voltage reference buffer (RM0432 section 23). It is ready at once; the converters are measured
/// against the board's VREF+ whatever it does.
class ReferenceBuffer final : public RegisterBlock {
public:
    explicit ReferenceBuffer(const Site& site)
        : RegisterBlock(site.name, site.around, registers()) {}
    u32 size() const override { return 0x1D0; }

protected:
    u32 reading(u32 offset) override {
        const bool ready = offset == csr && has(csr, csr_envr) && !has(csr, csr_hiz);
        return at(offset) | (ready ? csr_vrr : 0);
    }
};

const Registered model{"Analog.STM32L4_VREFBUF", make<ReferenceBuffer>};

} // namespace
} // namespace tinysim
