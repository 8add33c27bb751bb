#pragma once

#include "clocks.hpp"
#include "peripheral.hpp"

#include <map>
#include <memory>
#include <variant>

namespace tinysim {

using Property = std::variant<i64, bool, std::string>;
using Properties = std::map<std::string, Property>;

/// What a peripheral is made from: its place on the board.
struct Site {
    std::string name;
    Surroundings& around;
    const Clocks& clocks;
    const Properties& properties;

    u32 number(const std::string& property, u32 otherwise) const;
    bool flag(const std::string& property) const;
    std::string text(const std::string& property) const;
};

using Maker = std::unique_ptr<Peripheral> (*)(const Site&);

/// The models by the type names of the boards' descriptions. A model's file adds itself with
/// an object of this class.
class Registered {
public:
    Registered(const char* type, Maker maker) { table().emplace(type, maker); }
    /// Null where there is no such model.
    static Maker find(const std::string& type);

private:
    static std::map<std::string, Maker>& table();
};

/// The maker of a model whose constructor takes a Site.
template <class Model> std::unique_ptr<Peripheral> make(const Site& site) {
    return std::make_unique<Model>(site);
}

} // namespace tinysim
