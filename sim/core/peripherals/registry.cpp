#include "registry.hpp"

namespace tinysim {
namespace {

template <class T> const T* property(const Properties& properties, const std::string& name) {
    const auto found = properties.find(name);
    return found == properties.end() ? nullptr : std::get_if<T>(&found->second);
}

} // namespace

u32 Site::number(const std::string& name, u32 otherwise) const {
    const i64* const value = property<i64>(properties, name);
    return value ? static_cast<u32>(*value) : otherwise;
}

bool Site::flag(const std::string& name) const {
    const bool* const value = property<bool>(properties, name);
    return value && *value;
}

std::string Site::text(const std::string& name) const {
    const std::string* const value = property<std::string>(properties, name);
    return value ? *value : std::string{};
}

std::map<std::string, Maker>& Registered::table() {
    static std::map<std::string, Maker> models;
    return models;
}

Maker Registered::find(const std::string& type) {
    const auto found = table().find(type);
    return found == table().end() ? nullptr : found->second;
}

} // namespace tinysim
