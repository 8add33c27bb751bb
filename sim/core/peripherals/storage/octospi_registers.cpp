#include "octospi_registers.hpp"

namespace tinysim::octospi {
namespace {

using enum Bits;

std::vector<Field> phases() {
    return {{"IMODE", 2, 0},    {"IDTR", 3},        {"ISIZE", 5, 4},    {"ADMODE", 10, 8},
            {"ADDTR", 11},      {"ADSIZE", 13, 12}, {"ABMODE", 18, 16}, {"ABDTR", 19},
            {"ABSIZE", 21, 20}, {"DMODE", 26, 24},  {"DDTR", 27},       {"DQSE", 29, stored}};
}

} // namespace

RegisterMap registers() {
    std::vector<Field> communication = phases();
    communication.emplace_back("SIOO", 31, stored);
    return {
        {cr,
         "CR",
         0,
         {{"EN", 0},
          {"ABORT", 1, order},
          {"DMAEN", 2},
          {"TCEN", 3, stored},
          {"DQM", 6, stored},
          {"FSEL", 7, stored},
          {"FTHRES", 12, 8},
          {"TEIE", 16},
          {"TCIE", 17},
          {"FTIE", 18},
          {"SMIE", 19},
          {"TOIE", 20, stored},
          {"APMS", 22},
          {"PMM", 23},
          {"FMODE", 29, 28}}},
        {0x008,
         "DCR1",
         0,
         {{"CKMODE", 0, stored},
          {"FRCK", 1, stored},
          {"DLYBYP", 3, stored},
          {"CSHT", 10, 8, stored},
          {"DEVSIZE", 20, 16},
          {"MTYP", 26, 24, stored}}},
        {dcr2, "DCR2", 0, {{"PRESCALER", 7, 0}}},
        {0x010, "DCR3", 0, {{"CSBOUND", 20, 16, stored}}},
        {sr,
         "SR",
         0,
         {{"TEF", 0, status},
          {"TCF", 1, status},
          {"FTF", 2, status},
          {"SMF", 3, status},
          {"TOF", 4, status},
          {"BUSY", 5, status},
          {"FLEVEL", 13, 8, status}}},
        {fcr,
         "FCR",
         0,
         {{"CTEF", 0, order}, {"CTCF", 1, order}, {"CSMF", 3, order}, {"CTOF", 4, order}}},
        {dlr, "DLR"},
        {ar, "AR"},
        {dr, "DR", 0, status},
        {psmkr, "PSMKR"},
        {psmar, "PSMAR"},
        {pir, "PIR", 0, modelled, 16},
        {ccr, "CCR", 0, std::move(communication)},
        {tcr, "TCR", 0, {{"DCYC", 4, 0}, {"DHQC", 28, stored}, {"SSHIFT", 30, stored}}},
        {ir, "IR"},
        {0x120, "ABR", 0, stored},
        {0x130, "LPTR", 0, stored, 16},
        {wccr, "WCCR", 0, phases()},
        {wtcr, "WTCR", 0, {{"DCYC", 4, 0}}},
        {wir, "WIR"},
        {0x1A0, "WABR", 0, stored},
        {0x200,
         "HLCR",
         0,
         {{"LM", 0, stored},
          {"WZL", 1, stored},
          {"TACC", 15, 8, stored},
          {"TRWR", 23, 16, stored}}},
    };
}

} // namespace tinysim::octospi
