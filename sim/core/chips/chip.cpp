#include "chip.hpp"

namespace tinysim {

std::map<std::string, ChipMaker>& RegisteredChip::table() {
    static std::map<std::string, ChipMaker> chips;
    return chips;
}

ChipMaker RegisteredChip::find(const std::string& name) {
    const auto found = table().find(name);
    return found == table().end() ? nullptr : found->second;
}

} // namespace tinysim
