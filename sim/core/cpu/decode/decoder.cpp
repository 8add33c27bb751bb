#include "encoding.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace tinysim {
namespace {

/// The encodings that a code may have, by the twelve bits on top of its first half-word.
class Index {
public:
    Index() {
        for (u32 top = 0; top < lists_.size(); ++top) {
            for (const Family& family : families())
                for (const Encoding& encoding : family.encodings)
                    if (may_begin(encoding.pattern, top))
                        lists_[top].push_back(&encoding);
            std::stable_sort(
                lists_[top].begin(), lists_[top].end(), [](const Encoding* a, const Encoding* b) {
                    return std::popcount(a->pattern.fixed()) > std::popcount(b->pattern.fixed());
                });
        }
    }

    std::span<const Encoding* const> list(u32 code) const {
        return lists_[code >> (is_wide(code) ? 20 : 4)];
    }

private:
    /// A5.1: the first half-word of a 32-bit instruction is 0xE800 at least.
    static bool is_wide(u32 code) { return code >= 0xE8000000; }

    static bool may_begin(const Pattern& pattern, u32 top) {
        const bool wide = top >= 0xE80;
        const unsigned below = wide ? 20 : 4;
        return pattern.width() == (wide ? 32 : 16) &&
               ((top ^ pattern.value() >> below) & pattern.fixed() >> below) == 0;
    }

    std::array<std::vector<const Encoding*>, 0x1000> lists_;
};

/// Decodes, and says by which encoding.
const Encoding* find(Decoded& out, u32 code) {
    static const Index index;
    for (const Encoding* encoding : index.list(code)) {
        if (!encoding->pattern.matches(code))
            continue;
        Decoded attempt = out;
        encoding->translate(attempt, Fields(encoding->pattern, code));
        if (attempt.other)
            continue;
        out = attempt;
        return encoding;
    }
    out.undefined();
    return nullptr;
}

} // namespace

std::span<const Family> families() {
    static const std::array all = {
        data_processing_immediate(),
        data_processing_register(),
        bit_fields(),
        multiply(),
        dsp(),
        load_store(),
        load_store_multiple(),
        load_store_double(),
        branch(),
        control(),
        fp_data_processing(),
        fp_transfer(),
        coprocessor(),
    };
    return all;
}

const Encoding* find_encoding(u32 code) {
    Decoded scratch;
    return find(scratch, code);
}

void decode(Decoded& out, u32 code) { find(out, code); }

} // namespace tinysim
