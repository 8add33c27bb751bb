#pragma once

#include "../types.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace tinysim {

/// What a bit of a register is to the firmware, and what this model makes of it.
enum class Bits : u8 {
    modelled,   ///< read and write; the model does what it asks for
    stored,     ///< read and write; what it asks for cannot be seen in this machine
    unmodelled, ///< read and write; what it asks for is not done, which is reported
    status,     ///< read only
    clear_by_1, ///< a flag that writing 1 clears
    clear_by_0, ///< a flag that writing 0 clears
    order,      ///< write only: something to do; reads as 0
};

/// A field of a register: its name and bits as the reference manual has them.
struct Field {
    const char* name;
    u8 high;
    u8 low;
    Bits kind;

    Field(const char* name, unsigned bit, Bits kind = Bits::modelled) // NOLINT: one line a field
        : Field(name, bit, bit, kind) {}
    Field(const char* name, unsigned high, unsigned low, Bits kind = Bits::modelled)
        : name(name), high(static_cast<u8>(high)), low(static_cast<u8>(low)), kind(kind) {}
    u32 mask() const { return static_cast<u32>((u64{2} << high) - (u64{1} << low)); }
};

/// A register as it is declared: everything else about its plain behaviour follows from this.
struct Register {
    Register(u32 offset, const char* name, u32 reset, std::vector<Field> fields);
    /// One field of so many bits.
    Register(u32 offset, const char* name, u32 reset = 0, Bits kind = Bits::modelled,
             unsigned width = 32);

    u32 offset;
    std::string name;
    u32 reset;
    std::vector<Field> fields;
    u32 writable = 0;   ///< bits that keep what is written
    u32 unmodelled = 0; ///< those of them without effect
    u32 clear_by_1 = 0, clear_by_0 = 0;
    u32 orders = 0;

    /// What is in the register after `value` was written over `before`.
    u32 write(u32 before, u32 value) const {
        return (((before & ~writable) | (value & writable)) & ~(value & clear_by_1)) &
               (value | ~clear_by_0);
    }
    /// What a write of some of its bytes has in the others.
    u32 untouched(u32 value) const { return (value & writable) | clear_by_0; }
};

/// The registers of a peripheral, by their offsets.
class RegisterMap {
public:
    RegisterMap(std::initializer_list<Register> registers) : registers_(registers) { number(); }
    explicit RegisterMap(std::vector<Register> registers) : registers_(std::move(registers)) {
        number();
    }

    const Register* find(u32 offset) const {
        const u32 word = offset / 4;
        return word < by_word_.size() && by_word_[word] != 0 ? &registers_[by_word_[word] - 1u]
                                                             : nullptr;
    }
    /// Words from the first register to the last.
    std::size_t words() const { return by_word_.size(); }
    auto begin() const { return registers_.begin(); }
    auto end() const { return registers_.end(); }

private:
    void number();

    std::vector<Register> registers_;
    std::vector<u16> by_word_; ///< 1 + its place in `registers_`
};

} // namespace tinysim
