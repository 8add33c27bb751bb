#include "protection.hpp"

#include <algorithm>
#include <utility>

namespace tinysim {

void Protection::select(bool privileged, bool aside) {
    privileged_ = privileged;
    guarded_ = !aside && mpu.is_enabled();
    if (!guarded_ && watched_.empty()) {
        reach_ = nullptr;
        readable = &bus_.readable;
        writable = &bus_.writable;
        return;
    }
    auto& reach = reaches_[!guarded_ ? 2 : privileged ? 1 : 0];
    if (!reach)
        reach = std::make_unique<Reach>();
    reach_ = reach.get();
    readable = &reach_->readable;
    writable = &reach_->writable;
}

bool Protection::reaches(u32 address, Use use) {
    Pages& pages = use == Use::read    ? reach_->readable
                   : use == Use::write ? reach_->writable
                                       : reach_->executable;
    if (pages[address] != 0)
        return true;
    if (guarded_ && !mpu.permits(address, use, privileged_))
        return false;
    const Pages& plain = use == Use::write ? bus_.writable : bus_.readable;
    if (plain[address] != 0 && (!guarded_ || mpu.is_uniform(address)) &&
        !std::binary_search(watched_.begin(), watched_.end(), address >> Pages::shift)) {
        pages.copy(address, plain);
        reach_->known.push_back(address);
    }
    return true;
}

void Protection::watch(std::vector<u32> pages) {
    std::sort(pages.begin(), pages.end());
    watched_ = std::move(pages);
    forget();
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
