#include "../register_block.hpp"
#include "../registry.hpp"

namespace tinysim {
namespace {

using enum Bits;

Register port(u32 offset, const char* name, u32 reset) {
    return {offset,
            name,
            reset,
            {{"CLKEN", 0, stored},
             {"CLKSRC", 1, stored},
             {"DQSEN", 4, stored},
             {"DQSSRC", 5, stored},
             {"NCSEN", 8, stored},
             {"NCSSRC", 9, stored},
             {"IOLEN", 16, stored},
             {"IOLSRC", 18, 17, stored},
             {"IOHEN", 24, stored},
             {"IOHSRC", 26, 25, stored}}};
}

/// OCTOSPI I/O manager (RM0432, OCTOSPIM): whichever pins it chooses, nothing is on them.
class OctospiManager final : public RegisterBlock {
public:
    explicit OctospiManager(const Site& site)
        : RegisterBlock(site.name, site.around,
                        {port(0x04, "P1CR", 0x03010111), port(0x08, "P2CR", 0x07050333)}) {}

protected:
    u32 reading(u32 offset) override { return at(offset); }
};

const Registered model{"Miscellaneous.STM32_OCTOSPIM", make<OctospiManager>};

} // namespace
} // namespace tinysim
