#pragma once

#include "../types.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

namespace tinysim {

/// Code that goes on for ever without faults: counted loops over random instructions of all
/// families but those that end a program, with IT blocks, branches within, calls, and accesses to
/// where its base registers point; and between them loops that only wait.
class RandomProgram {
public:
    using Generator = std::mt19937;

    /// What it can wait for: a word that an interrupt's handler changes, a serial port that has
    /// sent; and registers that count the time.
    struct Awaited {
        u32 ticks, port;
        std::array<u32, 2> clocks;
    };

    /// Lies at `at`; its accesses go to the addresses that `places` has. It ends with a branch to
    /// its own beginning.
    RandomProgram(Generator& random, u32 at, const std::vector<u32>& places, Awaited awaited);
    const std::string& bytes() const { return bytes_; }

private:
    // What the code around the random instructions needs for itself.
    static constexpr u32 first_base = 4, last_base = 7, index = 10, counter = 11;

    u32 below(u32 limit) { return static_cast<u32>(random_() % limit); }
    void half(u32 value);
    void wide(u32 code);
    void load_constant(u32 reg, u32 value);
    void set_bases();
    void random_instruction(u32 it_state);
    void it_block();
    void forward_branch();
    void call();
    void loop();
    void branch_back(u32 to, u32 condition);
    void wait_filler();
    void read_ticks(u32 function);
    void wait_for_tick();
    void wait_for_port();
    void wait_counting();
    void jump(u32 code, u32 to);
    u32 here() const { return at_ + static_cast<u32>(bytes_.size()); }

    Generator& random_;
    u32 at_;
    const std::vector<u32>& places_;
    Awaited awaited_;
    std::string bytes_;
};

} // namespace tinysim
