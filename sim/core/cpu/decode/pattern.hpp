#pragma once

#include "../../types.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tinysim {

/// The bits of an encoding as the ARMv7-M manual prints them, most significant first: `0` and
/// `1` must be so; `(0)` and `(1)` should be so, and the decoder does not ask; a letter is a bit
/// of the field of that name. Spaces are for the reader.
class Pattern {
public:
    consteval Pattern(const char* text) : text_(text) {
        const std::string_view bits = text;
        for (std::size_t at = 0; at < bits.size(); ++at) {
            if (bits[at] == ' ')
                continue;
            const bool should = bits[at] == '(';
            if (should)
                ++at;
            add(bits.at(at), should);
            if (should && bits.at(++at) != ')')
                throw "a bit that should be 0 or 1 stands in parentheses of its own";
        }
        if (width_ != 16 && width_ != 32)
            throw "an instruction has 16 or 32 bits";
    }

    const char* text() const { return text_; }
    unsigned width() const { return width_; } ///< 16 or 32
    u32 fixed() const { return fixed_; }      ///< the bits that must be as in `value`
    u32 value() const { return value_; }      ///< with the bits that should be 1
    bool matches(u32 code) const { return ((code ^ value_) & fixed_) == 0; }

    /// The bits of a field, put together where it is in pieces, as in i:imm3:imm8.
    u32 field(char letter, u32 code) const {
        for (const auto& [name, mask] : fields_)
            if (name == letter && mask != 0)
                return gather(code, mask);
        throw std::logic_error(std::string(text_) + " has no field " + letter);
    }

private:
    struct Field {
        char letter = 0;
        u32 mask = 0;
    };

    consteval void add(char bit, bool should) {
        for (auto& field : fields_)
            field.mask <<= 1;
        fixed_ <<= 1;
        value_ <<= 1;
        ++width_;
        if (bit == '0' || bit == '1') {
            fixed_ |= should ? 0 : 1;
            value_ |= bit == '1' ? 1 : 0;
            return;
        }
        if (should || !((bit >= 'a' && bit <= 'z') || (bit >= 'A' && bit <= 'Z')))
            throw "a bit is 0, 1 or a letter";
        for (auto& field : fields_)
            if (field.letter == bit || field.letter == 0) {
                field.letter = bit;
                field.mask |= 1;
                return;
            }
        throw "more fields than there is room for";
    }

    static u32 gather(u32 code, u32 mask) {
        u32 result = 0;
        for (unsigned at = 0; mask != 0;) {
            const unsigned low = static_cast<unsigned>(__builtin_ctz(mask));
            const unsigned length = static_cast<unsigned>(__builtin_ctzll(~(u64{mask} >> low)));
            const u32 piece = static_cast<u32>((u64{1} << length) - 1);
            result |= (code >> low & piece) << at;
            at += length;
            mask &= ~(piece << low);
        }
        return result;
    }

    const char* text_;
    unsigned width_ = 0;
    u32 fixed_ = 0;
    u32 value_ = 0;
    std::array<Field, 8> fields_{};
};

} // namespace tinysim
