#include "can_registers.hpp"

namespace tinysim::can {
namespace {

using enum Bits;

void add_mailboxes(std::vector<Register>& all) {
    static constexpr const char* names[mailboxes][4] = {{"TI0R", "TDT0R", "TDL0R", "TDH0R"},
                                                        {"TI1R", "TDT1R", "TDL1R", "TDH1R"},
                                                        {"TI2R", "TDT2R", "TDL2R", "TDH2R"}};
    for (u32 i = 0; i < mailboxes; ++i) {
        const u32 at = first_mailbox + i * mailbox_size;
        all.push_back({at,
                       names[i][0],
                       0,
                       {{"TXRQ", 0}, {"RTR", 1}, {"IDE", 2}, {"EXID", 20, 3}, {"STID", 31, 21}}});
        all.push_back(
            {at + 4, names[i][1], 0, {{"DLC", 3, 0}, {"TGT", 8, unmodelled}, {"TIME", 31, 16}}});
        all.emplace_back(at + 8, names[i][2]);
        all.emplace_back(at + 12, names[i][3]);
    }
}

void add_fifos(std::vector<Register>& all) {
    static constexpr const char* names[fifos][4] = {{"RI0R", "RDT0R", "RDL0R", "RDH0R"},
                                                    {"RI1R", "RDT1R", "RDL1R", "RDH1R"}};
    for (u32 i = 0; i < fifos; ++i)
        for (u32 word = 0; word < 4; ++word)
            all.emplace_back(first_fifo + i * mailbox_size + 4 * word, names[i][word], 0u, status);
}

void add_filters(std::vector<Register>& all) {
    static constexpr const char* names[filters][2] = {
        {"F0R1", "F0R2"},   {"F1R1", "F1R2"},  {"F2R1", "F2R2"},   {"F3R1", "F3R2"},
        {"F4R1", "F4R2"},   {"F5R1", "F5R2"},  {"F6R1", "F6R2"},   {"F7R1", "F7R2"},
        {"F8R1", "F8R2"},   {"F9R1", "F9R2"},  {"F10R1", "F10R2"}, {"F11R1", "F11R2"},
        {"F12R1", "F12R2"}, {"F13R1", "F13R2"}};
    all.push_back({fmr, "FMR", 0x2A1C0E01, {{"FINIT", 0}}});
    all.push_back({fm1r, "FM1R", 0, {{"FBM", filters - 1, 0}}});
    all.push_back({fs1r, "FS1R", 0, {{"FSC", filters - 1, 0}}});
    all.push_back({ffa1r, "FFA1R", 0, {{"FFA", filters - 1, 0}}});
    all.push_back({fa1r, "FA1R", 0, {{"FACT", filters - 1, 0}}});
    for (u32 i = 0; i < filters; ++i)
        for (u32 word = 0; word < 2; ++word)
            all.emplace_back(first_filter + i * filter_size + 4 * word, names[i][word]);
}

} // namespace

RegisterMap registers() {
    std::vector<Register> all = {
        {mcr,
         "MCR",
         0x00010002,
         {{"INRQ", 0},
          {"SLEEP", 1},
          {"TXFP", 2},
          {"RFLM", 3},
          {"NART", 4},
          {"AWUM", 5, stored},
          {"ABOM", 6, stored},
          {"TTCM", 7, unmodelled},
          {"RESET", 15, order},
          {"DBF", 16, stored}}},
        {msr,
         "MSR",
         0x00000C02,
         {{"INAK", 0, status},
          {"SLAK", 1, status},
          {"ERRI", 2, clear_by_1},
          {"WKUI", 3, clear_by_1},
          {"SLAKI", 4, clear_by_1},
          {"TXM", 8, status},
          {"RXM", 9, status},
          {"SAMP", 10, status},
          {"RX", 11, status}}},
        {tsr,
         "TSR",
         0x1C000000,
         {{"RQCP0", 0, status},
          {"TXOK0", 1, status},
          {"ALST0", 2, status},
          {"TERR0", 3, status},
          {"ABRQ0", 7, order},
          {"RQCP1", 8, status},
          {"TXOK1", 9, status},
          {"ALST1", 10, status},
          {"TERR1", 11, status},
          {"ABRQ1", 15, order},
          {"RQCP2", 16, status},
          {"TXOK2", 17, status},
          {"ALST2", 18, status},
          {"TERR2", 19, status},
          {"ABRQ2", 23, order},
          {"CODE", 25, 24, status},
          {"TME", 28, 26, status},
          {"LOW", 31, 29, status}}},
        {rf0r,
         "RF0R",
         0,
         {{"FMP0", 1, 0, status},
          {"FULL0", 3, clear_by_1},
          {"FOVR0", 4, clear_by_1},
          {"RFOM0", 5, order}}},
        {rf1r,
         "RF1R",
         0,
         {{"FMP1", 1, 0, status},
          {"FULL1", 3, clear_by_1},
          {"FOVR1", 4, clear_by_1},
          {"RFOM1", 5, order}}},
        {ier,
         "IER",
         0,
         {{"TMEIE", 0},
          {"FMPIE0", 1},
          {"FFIE0", 2},
          {"FOVIE0", 3},
          {"FMPIE1", 4},
          {"FFIE1", 5},
          {"FOVIE1", 6},
          {"EWGIE", 8},
          {"EPVIE", 9},
          {"BOFIE", 10, stored},
          {"LECIE", 11},
          {"ERRIE", 15},
          {"WKUIE", 16, stored},
          {"SLKIE", 17}}},
        {esr,
         "ESR",
         0,
         {{"EWGF", 0, status},
          {"EPVF", 1, status},
          {"BOFF", 2, status},
          {"LEC", 6, 4},
          {"TEC", 23, 16, status},
          {"REC", 31, 24, status}}},
        {btr,
         "BTR",
         0x01230000,
         {{"BRP", 9, 0},
          {"TS1", 19, 16},
          {"TS2", 22, 20},
          {"SJW", 25, 24, stored},
          {"LBKM", 30},
          {"SILM", 31}}},
    };
    add_mailboxes(all);
    add_fifos(all);
    add_filters(all);
    return RegisterMap(std::move(all));
}

} // namespace tinysim::can
