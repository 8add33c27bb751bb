#include "translator.hpp"

#include "arm64/arm64_code.hpp"
#include "x86_64/x86_code.hpp"

#include <cstdlib>
#include <string_view>

namespace tinysim {
namespace {

// All hosts compile both, which are plain functions from operations to bytes. What is no arm64
// runs the code on x86-64 alone, see ExecutableMemory.
#if defined(__aarch64__)
using Code = Arm64Code;
#else
using Code = X86Code;
#endif

constexpr u32 shortest_run = 2;

const Emitters& emitters() {
    static const Emitters all = [] {
        Emitters made;
        add_data_processing(made);
        add_multiply(made);
        add_dsp(made);
        add_load_store(made);
        add_branch(made);
        return made;
    }();
    return all;
}

} // namespace

/// TINYSIM_JIT=0 leaves all to the handlers.
bool Translator::is_wanted() {
    const char* const wish = std::getenv("TINYSIM_JIT");
    return !wish || std::string_view(wish) != "0";
}

/// Translates what can be from an operation on; returns where to go on.
u32 Translator::translate_run(Block& block, u32 first, bool traces) {
    std::vector<Handler> handlers;
    Code trial(layout_, traces);
    const auto& known = emitters();
    u32 count = 0;
    for (u32 i = first; i < block.ops.size(); ++i, ++count) {
        const auto found = known.find(block.ops[i].run);
        trial.begin_op(count);
        if (found == known.end() || !found->second(trial, block.ops[i]))
            break;
        handlers.push_back(block.ops[i].run);
    }
    if (count < shortest_run)
        return first + count + 1;
    Code run(layout_, traces);
    run.begin(trial);
    for (u32 i = 0; i < count; ++i) {
        run.begin_op(i);
        known.at(handlers[i])(run, block.ops[first + i]);
    }
    run.finish(count, handlers);
    if (const auto* const placed = memory_.place(run.bytes()))
        block.ops[first].run = reinterpret_cast<Handler>(reinterpret_cast<std::uintptr_t>(placed));
    return first + count + 1;
}

void Translator::translate(Block& block, bool traces) {
    if (patience == 0 || !memory_.is_available())
        return;
    for (u32 first = 0; first < block.ops.size();)
        first = translate_run(block, first, traces);
}

} // namespace tinysim
