#include "../registry.hpp"
#include "i2c_device.hpp"

#include <array>

namespace tinysim {
namespace {

/// An EEPROM of the 24-series: its address in one byte up to 2 KB, in two above, pages of
/// `pageSize` bytes within which writing wraps. It keeps its contents and is never busy.
class I2cEeprom final : public I2cDevice {
public:
    explicit I2cEeprom(const Site& site)
        : I2cDevice(site.name, site.around), page_(site.number("pageSize", 32)),
          contents_(site.number("size", 4096), 0xFF) {
        if (contents_.empty() || page_ == 0 || contents_.size() % page_ != 0)
            throw CoreError(name + ": its size is a multiple of its page's");
    }
    bool begin(bool reads) override {
        if (!reads)
            address_bytes_ = 0;
        return true;
    }
    bool take(u8 byte) override {
        if (address_bytes_ < (contents_.size() > 2048 ? 2u : 1u)) {
            at_ = (address_bytes_ == 0 ? byte : at_ << 8 | byte) % size();
            ++address_bytes_;
            return true;
        }
        contents_[at_] = byte;
        at_ = at_ - at_ % page_ + (at_ + 1) % page_;
        return true;
    }
    u8 give() override {
        const u8 byte = contents_[at_];
        at_ = (at_ + 1) % size();
        return byte;
    }

protected:
    void fields(State& state) override {
        state(at_);
        state(address_bytes_);
        for (u8& byte : contents_)
            state.outside(byte);
    }

private:
    u32 size() const { return static_cast<u32>(contents_.size()); }

    const u32 page_;
    std::vector<u8> contents_;
    u32 at_ = 0;
    u32 address_bytes_ = 0;
};

const Registered model{"I2C.EEPROM24", make<I2cEeprom>};

} // namespace
} // namespace tinysim
