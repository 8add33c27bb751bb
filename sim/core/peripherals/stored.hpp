#pragma once

#include "peripheral.hpp"

#include <array>

namespace tinysim {

/// A peripheral most of whose registers do no more than keep what is written to them.
template <std::size_t Bytes> class Stored : public Peripheral {
public:
    using Peripheral::Peripheral;
    u32 read(u32 offset) override { return at(offset); }
    void write(u32 offset, u32 value) override { at(offset) = value; }
    u32 size() const override { return Bytes; }
    void save(Writer& out) const override { out(registers_); }
    void load(Reader& in) override { in(registers_); }

protected:
    u32& at(u32 offset) { return registers_[offset / 4 % (Bytes / 4)]; }
    u32 at(u32 offset) const { return registers_[offset / 4 % (Bytes / 4)]; }
    u32 merge_base(u32 offset) override { return at(offset); }
    void clear() { registers_ = {}; }

private:
    std::array<u32, Bytes / 4> registers_{};
};

} // namespace tinysim
