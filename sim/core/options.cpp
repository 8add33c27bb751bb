#include "options.hpp"

namespace tinysim {

void Options::add_number(const std::string& name, u32& number, i64 least, i64 most,
                         const char* wanted) {
    add(
        name, [&number] { return i64{number}; },
        [=, &number](const Property& value) {
            number = expect_number(value, least, most, wanted);
        });
}

void Options::add_flag(const std::string& name, bool& flag) {
    add(
        name, [&flag] { return flag; },
        [&flag](const Property& value) { flag = expect<bool>(value, "true or false"); });
}

void Options::set(const std::string& name, const Property& value) const {
    const auto found = table_.find(name);
    if (found == table_.end()) {
        std::string known;
        for (const auto& [other, what] : table_)
            known += (known.empty() ? "" : ", ") + other;
        throw CoreError("no option " + name + "; there are " + known);
    }
    try {
        found->second.set(value);
    } catch (const WrongValue& wrong) {
        throw CoreError("option " + name + " takes " + wrong.wanted);
    }
}

Properties Options::values() const {
    Properties result;
    for (const auto& [name, option] : table_)
        result.emplace(name, option.get());
    return result;
}

u32 Options::expect_number(const Property& value, i64 least, i64 most, const char* wanted) {
    const i64 number = expect<i64>(value, wanted);
    if (number < least || number > most)
        throw WrongValue{wanted};
    return static_cast<u32>(number);
}

} // namespace tinysim
