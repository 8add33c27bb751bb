#pragma once

#include "executable_memory.hpp"
#include "host_code.hpp"

namespace tinysim {

/// Translates what is executed often into code of the host. What it leaves out, and what meets
/// anything out of the ordinary, goes to the handlers: they say what an instruction does.
class Translator {
public:
    explicit Translator(const Core& core) : layout_(core) {}
    /// Puts code for the host in the place of handlers; `traces`: the trace is asked for.
    void translate(Block& block, bool traces);
    /// All blocks are gone.
    void forget() { memory_.clear(); }

    /// How often a block is executed before it is translated; 0: none is.
    u32 patience = is_wanted() ? usual_patience : 0;

private:
    static constexpr u32 usual_patience = 16;

    static bool is_wanted();
    u32 translate_run(Block& block, u32 first, bool traces);

    CoreLayout layout_;
    ExecutableMemory memory_;
};

} // namespace tinysim
