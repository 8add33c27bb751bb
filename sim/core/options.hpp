#pragma once

#include "peripherals/registry.hpp"

#include <algorithm>
#include <functional>

namespace tinysim {

/// The options of a machine by name. Each belongs to a part of it, which adds it.
class Options {
public:
    /// A value of the wrong kind; says what would be right.
    struct WrongValue {
        const char* wanted;
    };
    using Get = std::function<Property()>;
    /// Throws WrongValue.
    using Set = std::function<void(const Property&)>;

    void add(const std::string& name, Get get, Set set) {
        table_[name] = {std::move(get), std::move(set)};
    }
    /// An option that is a number of the machine.
    void add_number(const std::string& name, u32& number, i64 least, i64 most, const char* wanted);
    void add_flag(const std::string& name, bool& flag);

    /// Throws CoreError for an unknown option and for a value that it does not take.
    void set(const std::string& name, const Property& value) const;
    Properties values() const;

    template <class T> static T expect(const Property& value, const char* wanted) {
        const T* const held = std::get_if<T>(&value);
        if (!held)
            throw WrongValue{wanted};
        return *held;
    }
    static u32 expect_number(const Property& value, i64 least, i64 most, const char* wanted);
    template <std::size_t count>
    static std::size_t expect_name(const Property& value, const char* const (&names)[count],
                                   const char* wanted) {
        const auto* const found =
            std::find(std::begin(names), std::end(names), expect<std::string>(value, wanted));
        if (found == std::end(names))
            throw WrongValue{wanted};
        return static_cast<std::size_t>(found - std::begin(names));
    }
    /// Whether a value is that word.
    static bool says(const Property& value, const char* word) {
        const auto* const text = std::get_if<std::string>(&value);
        return text && *text == word;
    }

private:
    struct Option {
        Get get;
        Set set;
    };
    std::map<std::string, Option> table_;
};

} // namespace tinysim
