#include "usart_registers.hpp"

namespace tinysim::usart {

using enum Bits;

RegisterMap registers(bool low_power) {
    std::vector<Field> control1 = {{"UE", 0},
                                   {"UESM", 1},
                                   {"RE", 2},
                                   {"TE", 3},
                                   {"IDLEIE", 4},
                                   {"RXNEIE", 5},
                                   {"TCIE", 6},
                                   {"TXEIE", 7},
                                   {"PEIE", 8, stored},
                                   {"PS", 9, stored},
                                   {"PCE", 10},
                                   {"WAKE", 11, stored},
                                   {"M0", 12},
                                   {"MME", 13, unmodelled},
                                   {"CMIE", 14},
                                   {"DEDT", 20, 16, stored},
                                   {"DEAT", 25, 21, stored},
                                   {"M1", 28},
                                   {"FIFOEN", 29},
                                   {"TXFEIE", 30},
                                   {"RXFFIE", 31}};
    std::vector<Field> control2 = {{"ADDM7", 4, stored},      {"STOP", 13, 12},
                                   {"SWAP", 15, stored},      {"RXINV", 16, unmodelled},
                                   {"TXINV", 17, unmodelled}, {"DATAINV", 18},
                                   {"MSBFIRST", 19},          {"ADD", 31, 24}};
    std::vector<Field> control3 = {
        {"EIE", 0},           {"HDSEL", 3},        {"DMAR", 6},           {"DMAT", 7},
        {"RTSE", 8, stored},  {"CTSE", 9, stored}, {"CTSIE", 10, stored}, {"OVRDIS", 12},
        {"DDRE", 13, stored}, {"DEM", 14, stored}, {"DEP", 15, stored},   {"WUS", 21, 20},
        {"WUFIE", 22},        {"TXFTIE", 23},      {"RXFTCFG", 27, 25},   {"RXFTIE", 28},
        {"TXFTCFG", 31, 29}};
    if (!low_power) {
        control1.insert(control1.end(), {{"OVER8", 15}, {"RTOIE", 26}, {"EOBIE", 27, stored}});
        control2.insert(control2.end(), {{"SLVEN", 0, unmodelled},
                                         {"DIS_NSS", 3, stored},
                                         {"LBDL", 5, stored},
                                         {"LBDIE", 6, unmodelled},
                                         {"LBCL", 8, stored},
                                         {"CPHA", 9, stored},
                                         {"CPOL", 10, stored},
                                         {"CLKEN", 11},
                                         {"LINEN", 14, unmodelled},
                                         {"ABREN", 20},
                                         {"ABRMOD", 22, 21, stored},
                                         {"RTOEN", 23}});
        control3.insert(control3.end(), {{"IREN", 1, unmodelled},
                                         {"IRLP", 2, stored},
                                         {"NACK", 4, stored},
                                         {"SCEN", 5, unmodelled},
                                         {"ONEBIT", 11, stored},
                                         {"SCARCNT", 19, 17, stored},
                                         {"TCBGTIE", 24, unmodelled}});
    }
    return {
        {0x00, "CR1", 0, std::move(control1)},
        {0x04, "CR2", 0, std::move(control2)},
        {0x08, "CR3", 0, std::move(control3)},
        {0x0C, "BRR", 0, modelled, low_power ? 20u : 16u},
        {0x10, "GTPR", 0, stored, 16},
        {0x14, "RTOR", 0, {{"RTO", 23, 0}, {"BLEN", 31, 24, stored}}},
        {0x18,
         "RQR",
         0,
         {{"ABRRQ", 0, order},
          {"SBKRQ", 1, order},
          {"MMRQ", 2, order},
          {"RXFRQ", 3, order},
          {"TXFRQ", 4, order}}},
        {0x1C, "ISR", 0, status},
        {0x20, "ICR", 0, order},
        {0x24, "RDR", 0, status},
        {0x28, "TDR", 0, modelled, 9},
        {0x2C, "PRESC", 0, modelled, 4},
    };
}

} // namespace tinysim::usart
