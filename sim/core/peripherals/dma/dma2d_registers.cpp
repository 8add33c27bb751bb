#include "dma2d_registers.hpp"

namespace tinysim::dma2d {
namespace {

using enum Bits;

std::vector<Field> conversion() {
    return {{"CM", 3, 0},   {"CCM", 4}, {"START", 5}, {"CS", 15, 8},
            {"AM", 17, 16}, {"AI", 20}, {"RBS", 21},  {"ALPHA", 31, 24}};
}

std::vector<Field> color() { return {{"BLUE", 7, 0}, {"GREEN", 15, 8}, {"RED", 23, 16}}; }

} // namespace

RegisterMap registers() {
    std::vector<Register> all = {
        {cr,
         "CR",
         0,
         {{"START", 0},
          {"SUSP", 1},
          {"ABORT", 2, order},
          {"LOM", 6},
          {"TEIE", 8},
          {"TCIE", 9},
          {"TWIE", 10},
          {"CAEIE", 11},
          {"CTCIE", 12},
          {"CEIE", 13},
          {"MODE", 18, 16}}},
        {isr, "ISR", 0, status},
        {ifcr, "IFCR", 0, order},
        {fgmar, "FGMAR"},
        {fgor, "FGOR", 0, modelled, 16},
        {bgmar, "BGMAR"},
        {bgor, "BGOR", 0, modelled, 16},
        {fgpfccr, "FGPFCCR", 0, conversion()},
        {fgcolr, "FGCOLR", 0, color()},
        {bgpfccr, "BGPFCCR", 0, conversion()},
        {bgcolr, "BGCOLR", 0, color()},
        {fgcmar, "FGCMAR"},
        {bgcmar, "BGCMAR"},
        {opfccr, "OPFCCR", 0, {{"CM", 2, 0}, {"SB", 8}, {"AI", 20}, {"RBS", 21}}},
        {ocolr, "OCOLR"},
        {omar, "OMAR"},
        {oor, "OOR", 0, modelled, 16},
        {nlr, "NLR", 0, {{"NL", 15, 0}, {"PL", 29, 16}}},
        {lwr, "LWR", 0, modelled, 16},
        {amtcr, "AMTCR", 0, {{"EN", 0}, {"DT", 15, 8}}},
    };
    for (u32 i = 0; i < clut_entries; ++i) {
        const std::string number = std::to_string(i);
        all.push_back({fgclut + 4 * i, ("FGCLUT" + number).c_str(), 0, {{"FGCLUT", 31, 0}}});
        all.push_back({bgclut + 4 * i, ("BGCLUT" + number).c_str(), 0, {{"BGCLUT", 31, 0}}});
    }
    return RegisterMap(std::move(all));
}

} // namespace tinysim::dma2d
