#pragma once

#include "../types.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tinysim {

/// Data reads over the system bus by the part of memory that they are of, by the part that the
/// access before was to, and by whether they follow it without a pause. What else they would have
/// waited, had the parts lain in other memories, can be told from that.
class Traffic {
public:
    /// `count` reads of part `part`. Parts count from 1; 0 is all else.
    struct Flow {
        u32 before, part;
        bool follows;
        u64 count;
    };

    /// First byte and size of each part; none overlap. An empty list ends the counting.
    void start(std::vector<std::pair<u32, u32>> parts) {
        parts_.clear();
        for (const auto& [first, size] : parts)
            parts_.push_back({first, first + size, static_cast<u32>(parts_.size() + 1)});
        std::sort(parts_.begin(), parts_.end(),
                  [](const Part& one, const Part& other) { return one.first < other.first; });
        counts_.assign((parts_.size() + 1) * (parts_.size() + 1) * 2, 0);
        before_ = 0;
    }
    bool is_on() const { return !parts_.empty(); }

    void note(u32 address, bool write, bool follows) {
        const u32 part = part_of(address);
        if (!write)
            ++counts_[(before_ * (parts_.size() + 1) + part) * 2 + (follows ? 1 : 0)];
        before_ = part;
    }

    /// Those that there were.
    std::vector<Flow> flows() const {
        std::vector<Flow> result;
        const std::size_t parts = parts_.size() + 1;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if (counts_[i] != 0)
                result.push_back({static_cast<u32>(i / 2 / parts), static_cast<u32>(i / 2 % parts),
                                  i % 2 != 0, counts_[i]});
        return result;
    }

private:
    struct Part {
        u32 first, end, number;
    };

    u32 part_of(u32 address) const {
        const auto above =
            std::upper_bound(parts_.begin(), parts_.end(), address,
                             [](u32 wanted, const Part& part) { return wanted < part.first; });
        return above == parts_.begin() || address >= above[-1].end ? 0 : above[-1].number;
    }

    std::vector<Part> parts_;
    std::vector<u64> counts_;
    u32 before_ = 0;
};

} // namespace tinysim
