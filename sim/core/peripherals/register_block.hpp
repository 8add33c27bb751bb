#pragma once

#include "peripheral.hpp"
#include "registers.hpp"

namespace tinysim {

/// A peripheral that is declared by its registers. Storing, reading back, clearing flags, reset
/// values and the report of a bit without a model come from the declaration; a model adds what
/// happens.
class RegisterBlock : public Peripheral {
public:
    RegisterBlock(std::string name, Surroundings& around, RegisterMap map);
    u32 read(u32 offset) final;
    void write(u32 offset, u32 value) final;
    u32 size() const override { return 0x400; }

    const RegisterMap& map() const { return map_; }

protected:
    u32& at(u32 offset) { return values_[offset / 4]; }
    u32 at(u32 offset) const { return values_[offset / 4]; }
    bool has(u32 offset, u32 mask) const { return (at(offset) & mask) != 0; }

    /// What a read gives, where that is more than what is stored.
    virtual u32 reading(u32 offset) { return at(offset); }
    /// Before a write, whose value it may change: false refuses it.
    virtual bool writing(u32, u32&) { return true; }
    /// After a write of `value`, of which the map's part has been done.
    virtual void written(u32, u32) {}
    /// Whether a register belongs to the backup domain.
    virtual bool is_kept(u32) const { return false; }

    void fields(State& state) override;
    u32 merge_base(u32 offset) override;

private:
    void report_unmodelled(const Register& target, u32 bits);
    void report_absent(u32 offset, bool write);

    RegisterMap map_;
    std::vector<u32> values_;
};

} // namespace tinysim
