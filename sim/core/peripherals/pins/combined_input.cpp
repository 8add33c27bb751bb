#include "../registry.hpp"

namespace tinysim {
namespace {

/// Several lines on one interrupt: its output is high while any input is.
class CombinedInput final : public Peripheral {
public:
    explicit CombinedInput(const Site& site) : Peripheral(site.name, site.around) {}
    u32 read(u32) override { return 0; }
    void write(u32, u32) override {}
    void input(int line, bool level) override {
        high_ = (high_ & ~(1u << line)) | (level ? 1u << line : 0);
        drive(0, high_ != 0);
    }

protected:
    void fields(State& state) override { state(high_); }

private:
    u32 high_ = 0;
};

const Registered model{"Miscellaneous.CombinedInput", make<CombinedInput>};

} // namespace
} // namespace tinysim
