#pragma once

#include "../cpu/op.hpp"

#include <array>
#include <vector>

namespace tinysim {

/// All of the pipeline's state that what comes can depend on, relative to now: older times than
/// `horizon` cycles ago do not matter any more.
struct PipelineState {
    static constexpr i32 horizon = 100;

    const Instruction* previous = nullptr;
    u32 next_fetch = 0;
    u32 expected_pc = 0;
    std::array<i16, 14> times{};
    u8 counts = 0; ///< words fetched and not yet decoded, was_memory, fetch_wait
    u8 data_slave = 0, fetch_slave = 0, granted = 0;
    bool operator==(const PipelineState&) const = default;
};

/// Every state that was met, numbered. Equal states have equal numbers.
class PipelineStates {
public:
    static constexpr u32 none = ~0u;
    /// The number of a state; `none` when there are too many.
    u32 number(const PipelineState& state);
    const PipelineState& operator[](u32 number) const { return states_[number]; }
    void clear();

private:
    static constexpr u32 slots = 1u << 17; ///< at most half of them are used
    std::vector<PipelineState> states_;
    std::vector<u32> table_;
};

} // namespace tinysim
