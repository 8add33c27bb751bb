#include "protection.hpp"

namespace tinysim {

void Protection::select(bool privileged, bool aside) {
    privileged_ = privileged;
    if (aside || !mpu.is_enabled()) {
        reach_ = nullptr;
        readable = &bus_.readable;
        writable = &bus_.writable;
        return;
    }
    auto& reach = reaches_[privileged ? 1 : 0];
    if (!reach)
        reach = std::make_unique<Reach>();
    reach_ = reach.get();
    readable = &reach_->readable;
    writable = &reach_->writable;
}

bool Protection::permits(u32 address, Use use) {
    if (!reach_)
        return true;
    Pages& pages = use == Use::read    ? reach_->readable
                   : use == Use::write ? reach_->writable
                                       : reach_->executable;
    if (pages[address] != 0)
        return true;
    if (!mpu.permits(address, use, privileged_))
        return false;
    const Pages& plain = use == Use::write ? bus_.writable : bus_.readable;
    if (plain[address] != 0 && mpu.is_uniform(address)) {
        pages.copy(address, plain);
        reach_->known.push_back(address);
    }
    return true;
}

void Protection::forget() {
    for (const auto& reach : reaches_) {
        if (!reach)
            continue;
        for (const u32 address : reach->known) {
            reach->readable.unmap(address);
            reach->writable.unmap(address);
            reach->executable.unmap(address);
        }
        reach->known.clear();
    }
}

} // namespace tinysim
