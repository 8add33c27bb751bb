#include "register_block.hpp"
#include "registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 { cr = 0x00, sr = 0x04, dr = 0x08 };

constexpr u32 cr_rngen = 1u << 2;
constexpr u32 cr_ie = 1u << 3;
constexpr u32 cr_ced = 1u << 5;
constexpr u32 sr_drdy = 1u << 0;
constexpr u32 sr_cecs = 1u << 1;
constexpr u32 sr_ceis = 1u << 5;
constexpr u32 slowest = 32; ///< a clock below HCLK / 32 is an error (RM0432 31.3.5)
constexpr u32 seed = 0x2545F491;

RegisterMap registers() {
    return {
        {0x00, "CR", 0, {{"RNGEN", 2}, {"IE", 3}, {"CED", 5}, {"BYP", 6, stored}}},
        {0x04,
         "SR",
         0,
         {{"DRDY", 0, status},
          {"CECS", 1, status},
          {"SECS", 2, status},
          {"CEIS", 5, clear_by_0},
          {"SEIS", 6, clear_by_0}}},
        {0x08, "DR", 0, status},
    };
}

/// Random number generator (RM0432 section 31): the same numbers in every run, each there at once,
/// as long as it has its clock.
class Rng final : public RegisterBlock {
public:
    explicit Rng(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}
    bool is_volatile(u32 offset) const override { return offset == dr; }
    void after_clock_change() override { update(); }

protected:
    u32 reading(u32 offset) override {
        if (offset == sr)
            return at(sr) | (is_ready() ? sr_drdy : 0) | (is_starved() ? sr_cecs : 0);
        if (offset != dr || !is_ready())
            return at(offset);
        // xorshift32
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    }
    void written(u32, u32) override { update(); }
    void after_reset() override { update(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(state_, seed);
    }

private:
    bool is_ready() const { return has(cr, cr_rngen) && clocks_.clk48() != 0; }
    bool is_starved() const {
        return has(cr, cr_rngen) && !has(cr, cr_ced) &&
               clocks_.clk48() < clocks_.hclk() / slowest && !around.is_stopped();
    }
    void update() {
        if (is_starved())
            at(sr) |= sr_ceis;
        drive(0, has(cr, cr_ie) && (is_ready() || has(sr, sr_ceis)));
    }

    const Clocks& clocks_;
    u32 state_ = seed;
};

const Registered model{"Miscellaneous.STM32F4_RNG", make<Rng>};

} // namespace
} // namespace tinysim
