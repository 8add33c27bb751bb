#include "register_block.hpp"

#include <cctype>
#include <cstdio>

namespace tinysim {
namespace {

std::string upper(std::string text) {
    for (char& letter : text)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return text;
}

} // namespace

RegisterBlock::RegisterBlock(std::string name, Surroundings& around, RegisterMap map)
    : Peripheral(std::move(name), around), map_(std::move(map)), values_(map_.words()) {
    for (const Register& declared : map_)
        at(declared.offset) = declared.reset;
}

u32 RegisterBlock::read(u32 offset) {
    const Register* const declared = map_.find(offset);
    if (!declared) [[unlikely]] {
        report_absent(offset, false);
        return 0;
    }
    return reading(offset) & ~declared->orders;
}

void RegisterBlock::write(u32 offset, u32 value) {
    const Register* const declared = map_.find(offset);
    if (!declared) [[unlikely]]
        return report_absent(offset, true);
    if (!writing(offset, value))
        return;
    const u32 before = at(offset);
    at(offset) = declared->write(before, value);
    if (const u32 odd = (at(offset) ^ declared->reset) & declared->unmodelled; odd != 0)
        report_unmodelled(*declared, odd & (at(offset) ^ before));
    written(offset, value);
}

u32 RegisterBlock::merge_base(u32 offset) {
    const Register* const declared = map_.find(offset);
    return declared ? declared->untouched(at(offset)) : 0;
}

void RegisterBlock::report_unmodelled(const Register& target, u32 bits) {
    for (const Field& field : target.fields)
        if (field.kind == Bits::unmodelled && (field.mask() & bits) != 0) {
            std::string full = upper(name) + "_" + target.name;
            if (target.name != field.name)
                full += std::string(".") + field.name;
            around.report("unmodelled", full, target.offset, true);
        }
}

void RegisterBlock::report_absent(u32 offset, bool write) {
    char text[16];
    std::snprintf(text, sizeof text, "+0x%03X", offset);
    around.report("no register", upper(name) + text, offset, write);
}

void RegisterBlock::fields(State& state) {
    for (const Register& declared : map_) {
        u32& value = at(declared.offset);
        if (is_kept(declared.offset))
            state.kept(value, declared.reset);
        else
            state(value, declared.reset);
    }
}

} // namespace tinysim
