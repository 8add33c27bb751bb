#pragma once

#include "types.hpp"

#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tinysim {

/// Misuse of the machine by whoever put it together.
struct CoreError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Writes the machine's changing state into bytes.
class Writer {
public:
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void operator()(const T& value) {
        static_assert(!std::is_pointer_v<T>, "a state has no addresses of the host");
        const std::size_t at = state_.size();
        state_.append(reinterpret_cast<const char*>(&value), sizeof value);
        if constexpr (std::is_class_v<T>) { // equal states give equal bytes
            alignas(T) char plain[sizeof(T)];
            std::memcpy(plain, &value, sizeof value);
            __builtin_clear_padding(reinterpret_cast<T*>(plain));
            std::memcpy(state_.data() + at, plain, sizeof plain);
        }
    }
    void bytes(const void* data, std::size_t size) {
        state_.append(static_cast<const char*>(data), size);
    }
    template <class T> void list(const T& values) {
        (*this)(static_cast<u64>(values.size()));
        for (const auto& value : values)
            (*this)(value);
    }
    std::string take() { return std::move(state_); }

private:
    std::string state_;
};

/// Reads what a Writer wrote, in the same order.
class Reader {
public:
    explicit Reader(std::string_view state) : state_(state) {}
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void operator()(T& value) { bytes(&value, sizeof value); }
    void bytes(void* data, std::size_t size) {
        if (state_.size() < size)
            throw CoreError("snapshot: too short for this machine");
        std::memcpy(data, state_.data(), size);
        state_.remove_prefix(size);
    }
    template <class T> void list(T& values) {
        u64 size = 0;
        (*this)(size);
        if (size > state_.size())
            throw CoreError("snapshot: damaged");
        values.clear();
        for (u64 i = 0; i < size; ++i) {
            typename T::value_type value{};
            (*this)(value);
            values.push_back(value);
        }
    }
    bool empty() const { return state_.empty(); }

private:
    std::string_view state_;
};

/// What is reset: all but the backup domain, or everything.
enum class Reset { system, power_on };

/// Visits the changing fields of a part. The same lines save them, load them and reset them.
class State {
public:
    explicit State(Writer& out) : out_(&out) {}
    explicit State(Reader& in) : in_(&in) {}
    explicit State(Reset reset) : reset_(reset) {}

    template <class T> void operator()(T& field, const std::type_identity_t<T>& after_reset = {}) {
        if (!transfer(field))
            field = after_reset;
    }
    /// A field of the backup domain: only losing power resets it.
    template <class T> void kept(T& field, const std::type_identity_t<T>& after_reset = {}) {
        if (!transfer(field) && reset_ == Reset::power_on)
            field = after_reset;
    }
    /// What the world outside the chip does to it: no reset changes that.
    template <class T> void outside(T& field) {
        if constexpr (std::is_trivially_copyable_v<T>)
            transfer(field);
        else if (out_ || in_)
            list(field);
    }
    /// A sequence, which a reset empties.
    template <class T> void list(T& values) {
        if (out_)
            out_->list(values);
        else if (in_)
            in_->list(values);
        else
            values.clear();
    }
    template <class T> void optional(std::optional<T>& field) {
        bool has = field.has_value();
        T value = field.value_or(T{});
        (*this)(has);
        (*this)(value);
        field = has ? std::optional<T>(value) : std::nullopt;
    }
    bool saves() const { return out_ != nullptr; }
    bool loads() const { return in_ != nullptr; }
    /// Which reset this is, if it is one.
    std::optional<Reset> resets() const {
        return out_ || in_ ? std::nullopt : std::optional(reset_);
    }

private:
    template <class T> bool transfer(T& field) {
        if (out_)
            (*out_)(field);
        else if (in_)
            (*in_)(field);
        return out_ || in_;
    }

    Writer* out_ = nullptr;
    Reader* in_ = nullptr;
    Reset reset_ = Reset::system;
};

} // namespace tinysim
