#include "tracer.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {
namespace {

constexpr u32 no_function = ~0u;
constexpr std::size_t deepest = 1000; ///< calls; a program that is lost does not fill the memory

} // namespace

void Tracer::start(std::vector<u32> functions) {
    functions_ = std::move(functions);
    known_first_ = 1;
    known_last_ = 0;
    contexts_ = {Context{core_.exceptions.current, {}}};
    records_.clear();
    on_ = true;
    core_.observer = this;
    if (!functions_.empty())
        core_.start_profile();
}

void Tracer::stop() {
    on_ = core_.profiling = false;
    core_.observer = nullptr;
}

std::string Tracer::take() {
    const std::string result(reinterpret_cast<const char*>(records_.data()),
                             records_.size() * sizeof(TraceRecord));
    records_.clear();
    return result;
}

void Tracer::add(TraceRecord::Kind kind, unsigned source, u32 value, Cycles at) {
    records_.push_back({time_(at), kind, static_cast<u16>(source), value});
    if (records_.size() % enough == 0)
        core_.request_stop(Stop::paused);
}

void Tracer::note(TraceRecord::Kind kind, unsigned source, u32 value) {
    if (on_)
        add(kind, source, value, core_.now());
}

u32 Tracer::function_of(u32 pc) const {
    const auto after = std::upper_bound(functions_.begin(), functions_.end(), pc);
    return after == functions_.begin() ? no_function
                                       : static_cast<u32>(after - functions_.begin() - 1);
}

void Tracer::close(Context& context, std::size_t depth, Cycles at) {
    while (context.open.size() > depth) {
        add(TraceRecord::left, context.exception, context.open.back(), at);
        context.open.pop_back();
    }
}

/// A function begins at its first instruction: as a call if LR leads back to what was left, else
/// in place of its caller (a tail call). Anywhere else it goes on, and those that it had called
/// have ended.
void Tracer::executed(u32 pc, u32 end, Cycles start) {
    if (pc < known_first_ || pc > known_last_) {
        known_ = function_of(pc);
        known_first_ = known_ == no_function ? 0 : functions_[known_];
        known_last_ = known_ + 1 < functions_.size() ? functions_[known_ + 1] - 1 : ~0u;
    }
    Context& context = contexts_.back();
    const u32 last_end = std::exchange(context.last_end, end);
    const u32 link = std::exchange(context.link, core_.r[14]);
    auto& open = context.open;
    const bool begins = pc == known_first_ && last_end != pc;
    if (known_ == no_function || (!begins && !open.empty() && open.back() == known_))
        return;
    if (begins) {
        const bool is_call = link == (last_end | 1) || open.empty();
        if (!is_call)
            close(context, open.size() - 1, start);
    } else {
        const auto found = std::find(open.rbegin(), open.rend(), known_);
        close(context, static_cast<std::size_t>(open.rend() - found), start);
        if (found != open.rend())
            return;
    }
    if (open.size() >= deepest)
        close(context, 0, start);
    open.push_back(known_);
    add(TraceRecord::called, context.exception, known_, start);
}

void Tracer::entered(unsigned number, Cycles at) {
    add(TraceRecord::entered, number, number, at);
    contexts_.push_back({number, {}});
}

void Tracer::returned(unsigned number, Cycles at) {
    if (contexts_.size() > 1) {
        close(contexts_.back(), 0, at);
        add(TraceRecord::returned, contexts_.back().exception, number, at);
        contexts_.pop_back();
    } else { // it began before the trace did
        close(contexts_.back(), 0, at);
        add(TraceRecord::returned, contexts_.back().exception, number, at);
        contexts_.back().exception = number;
    }
}

void Tracer::slept(bool asleep, Cycles at) {
    add(TraceRecord::slept, core_.exceptions.current, asleep ? 1 : 0, at);
}

} // namespace tinysim
