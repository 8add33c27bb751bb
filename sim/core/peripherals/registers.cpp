#include "registers.hpp"

namespace tinysim {

Register::Register(u32 offset, const char* name, u32 reset, std::vector<Field> fields)
    : offset(offset), name(name), reset(reset), fields(std::move(fields)) {
    for (const Field& field : this->fields)
        switch (field.kind) {
        case Bits::unmodelled:
            unmodelled |= field.mask();
            [[fallthrough]];
        case Bits::modelled:
        case Bits::stored:
            writable |= field.mask();
            break;
        case Bits::clear_by_1:
            clear_by_1 |= field.mask();
            break;
        case Bits::clear_by_0:
            clear_by_0 |= field.mask();
            break;
        case Bits::order:
            orders |= field.mask();
            break;
        case Bits::status:
            break;
        }
}

Register::Register(u32 offset, const char* name, u32 reset, Bits kind, unsigned width)
    : Register(offset, name, reset, {Field(name, width - 1, 0, kind)}) {}

void RegisterMap::number() {
    for (std::size_t i = 0; i < registers_.size(); ++i) {
        const u32 word = registers_[i].offset / 4;
        if (word >= by_word_.size())
            by_word_.resize(word + 1);
        by_word_[word] = static_cast<u16>(i + 1);
    }
}

} // namespace tinysim
