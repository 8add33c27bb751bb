#include "otg_registers.hpp"

#include <utility>

namespace tinysim::otg {
namespace {

using enum Bits;

std::vector<Register> global() {
    return {
        {gotgctl,
         "GOTGCTL",
         0x00010000,
         {{"VBVALOEN", 2, stored},
          {"VBVALOVAL", 3, stored},
          {"AVALOEN", 4, stored},
          {"AVALOVAL", 5, stored},
          {"BVALOEN", 6},
          {"BVALOVAL", 7},
          {"HNPRQ", 9, unmodelled},
          {"HSHNPEN", 10, unmodelled},
          {"DHNPEN", 11, stored},
          {"EHEN", 12, stored},
          {"CIDSTS", 16, status},
          {"ASVLD", 18, status},
          {"BSVLD", 19, status},
          {"OTGVER", 20, stored},
          {"CURMOD", 21, status}}},
        {gotgint,
         "GOTGINT",
         0,
         {{"SEDET", 2, clear_by_1},
          {"SRSSCHG", 8, clear_by_1},
          {"HNSSCHG", 9, clear_by_1},
          {"HNGDET", 17, clear_by_1},
          {"ADTOCHG", 18, clear_by_1},
          {"DBCDNE", 19, clear_by_1},
          {"IDCHNG", 20, clear_by_1}}},
        {gahbcfg, "GAHBCFG", 0, {{"GINTMSK", 0}, {"TXFELVL", 7, stored}, {"PTXFELVL", 8, stored}}},
        {gusbcfg,
         "GUSBCFG",
         0x00001440,
         {{"TOCAL", 2, 0, stored},
          {"PHYSEL", 6, stored},
          {"SRPCAP", 8, stored},
          {"HNPCAP", 9, stored},
          {"TRDT", 13, 10, stored},
          {"TSDPS", 22, stored},
          {"FHMOD", 29},
          {"FDMOD", 30}}},
        {grstctl,
         "GRSTCTL",
         0x80000000,
         {{"CSRST", 0, order},
          {"PSRST", 1, order},
          {"FCRST", 2, order},
          {"RXFFLSH", 4, order},
          {"TXFFLSH", 5, order},
          {"TXFNUM", 10, 6, stored},
          {"AHBIDL", 31, status}}},
        {gintsts,
         "GINTSTS",
         0x14000020,
         {{"CMOD", 0, status},         {"MMIS", 1, clear_by_1},      {"OTGINT", 2, status},
          {"SOF", 3, clear_by_1},      {"RXFLVL", 4, status},        {"NPTXFE", 5, status},
          {"GINAKEFF", 6, status},     {"GONAKEFF", 7, status},      {"ESUSP", 10, clear_by_1},
          {"USBSUSP", 11, clear_by_1}, {"USBRST", 12, clear_by_1},   {"ENUMDNE", 13, clear_by_1},
          {"ISOODRP", 14, clear_by_1}, {"EOPF", 15, clear_by_1},     {"IEPINT", 18, status},
          {"OEPINT", 19, status},      {"IISOIXFR", 20, clear_by_1}, {"IPXFR", 21, clear_by_1},
          {"RSTDET", 23, clear_by_1},  {"HPRTINT", 24, status},      {"HCINT", 25, status},
          {"PTXFE", 26, status},       {"LPMINT", 27, clear_by_1},   {"CIDSCHG", 28, clear_by_1},
          {"DISCINT", 29, clear_by_1}, {"SRQINT", 30, clear_by_1},   {"WKUPINT", 31, clear_by_1}}},
        {gintmsk, "GINTMSK"},
        {0x01C, "GRXSTSR", 0, status},
        {0x020, "GRXSTSP", 0, status},
        {0x024, "GRXFSIZ", 0x200, stored, 16},
        {0x028, "DIEPTXF0", 0x02000200, stored},
        {0x02C, "HNPTXSTS", 0x00080200, status},
        {gccfg,
         "GCCFG",
         0,
         {{"DCDET", 0, status},
          {"PDET", 1, status},
          {"SDET", 2, status},
          {"PS2DET", 3, status},
          {"PWRDWN", 16},
          {"BCDEN", 17, unmodelled},
          {"DCDEN", 18, unmodelled},
          {"PDEN", 19, unmodelled},
          {"SDEN", 20, unmodelled},
          {"VBDEN", 21}}},
        {0x03C, "CID", 0x00002000, stored},
        // Of the core's maker: release 3.10a, and how it was configured (six endpoints, twelve
        // channels). RM0432 names neither, but drivers read them.
        {0x040, "GSNPSID", 0x4F54310A, status},
        {0x044, "GHWCFG1", 0, status},
        {0x048, "GHWCFG2", 0x229ED520, status},
        {0x04C, "GHWCFG3", 0x0200D1E8, status},
        {0x050, "GHWCFG4", 0x17F08030, status},
        {0x054, "GLPMCFG", 0, stored},
        {0x058, "GPWRDN", 0x02000400, stored},
        {0x060, "GADPCTL", 0, stored},
        {0x100, "HPTXFSIZ", 0x02000400, stored},
    };
}

void add_host(std::vector<Register>& all) {
    all.push_back({0x400, "HCFG", 0, {{"FSLSPCS", 1, 0, stored}, {"FSLSS", 2, status}}});
    all.emplace_back(0x404, "HFIR", 0xEA60u, stored, 17u);
    all.emplace_back(0x408, "HFNUM", 0x3FFFu, status);
    all.emplace_back(0x410, "HPTXSTS", 0x00080100u, status);
    all.emplace_back(0x414, "HAINT", 0u, status);
    all.emplace_back(0x418, "HAINTMSK", 0u, stored, 16u);
    all.push_back({hprt,
                   "HPRT",
                   0,
                   {{"PCSTS", 0, status},
                    {"PCDET", 1, clear_by_1},
                    {"PENA", 2, clear_by_1},
                    {"PENCHNG", 3, clear_by_1},
                    {"POCA", 4, status},
                    {"POCCHNG", 5, clear_by_1},
                    {"PRES", 6, stored},
                    {"PSUSP", 7, stored},
                    {"PRST", 8, stored},
                    {"PLSTS", 11, 10, status},
                    {"PPWR", 12, stored},
                    {"PTCTL", 16, 13, stored},
                    {"PSPD", 18, 17, status}}});
    static constexpr const char* names[channels][4] = {
        {"HCCHAR0", "HCINT0", "HCINTMSK0", "HCTSIZ0"},
        {"HCCHAR1", "HCINT1", "HCINTMSK1", "HCTSIZ1"},
        {"HCCHAR2", "HCINT2", "HCINTMSK2", "HCTSIZ2"},
        {"HCCHAR3", "HCINT3", "HCINTMSK3", "HCTSIZ3"},
        {"HCCHAR4", "HCINT4", "HCINTMSK4", "HCTSIZ4"},
        {"HCCHAR5", "HCINT5", "HCINTMSK5", "HCTSIZ5"},
        {"HCCHAR6", "HCINT6", "HCINTMSK6", "HCTSIZ6"},
        {"HCCHAR7", "HCINT7", "HCINTMSK7", "HCTSIZ7"},
        {"HCCHAR8", "HCINT8", "HCINTMSK8", "HCTSIZ8"},
        {"HCCHAR9", "HCINT9", "HCINTMSK9", "HCTSIZ9"},
        {"HCCHAR10", "HCINT10", "HCINTMSK10", "HCTSIZ10"},
        {"HCCHAR11", "HCINT11", "HCINTMSK11", "HCTSIZ11"}};
    for (u32 i = 0; i < channels; ++i) {
        const u32 at = 0x500 + 0x20 * i;
        all.push_back({at, names[i][0], 0, {{"HCCHAR", 30, 0, stored}, {"CHENA", 31, unmodelled}}});
        all.emplace_back(at + 0x08, names[i][1], 0u, clear_by_1, 11u);
        all.emplace_back(at + 0x0C, names[i][2], 0u, stored, 11u);
        all.emplace_back(at + 0x10, names[i][3], 0u, stored);
    }
}

void add_device(std::vector<Register>& all) {
    all.push_back({0x800,
                   "DCFG",
                   0x02200000,
                   {{"DSPD", 1, 0, stored},
                    {"NZLSOHSK", 2, stored},
                    {"DAD", 10, 4, stored},
                    {"PFIVL", 12, 11, stored},
                    {"ERRATIM", 15, stored}}});
    all.push_back({dctl,
                   "DCTL",
                   0x2,
                   {{"RWUSIG", 0, stored},
                    {"SDIS", 1},
                    {"GINSTS", 2, status},
                    {"GONSTS", 3, status},
                    {"TCTL", 6, 4, unmodelled},
                    {"SGINAK", 7, order},
                    {"CGINAK", 8, order},
                    {"SGONAK", 9, order},
                    {"CGONAK", 10, order},
                    {"POPRGDNE", 11, stored},
                    {"DSBESLRJCT", 18, stored}}});
    all.push_back({dsts,
                   "DSTS",
                   0x10,
                   {{"SUSPSTS", 0, status},
                    {"ENUMSPD", 2, 1, status},
                    {"EERR", 3, status},
                    {"FNSOF", 21, 8, status}}});
    all.emplace_back(diepmsk, "DIEPMSK", 0u, modelled, 14u);
    all.emplace_back(doepmsk, "DOEPMSK", 0u, modelled, 15u);
    all.emplace_back(daint, "DAINT", 0u, status);
    all.emplace_back(daintmsk, "DAINTMSK");
    all.emplace_back(0x828, "DVBUSDIS", 0x17D7u, stored, 16u);
    all.emplace_back(0x82C, "DVBUSPULSE", 0x5B8u, stored, 16u);
    all.emplace_back(0x834, "DIEPEMPMSK", 0u, modelled, 16u);
}

void add_endpoints(std::vector<Register>& all) {
    static constexpr const char* names[endpoints][7] = {
        {"DIEPCTL0", "DIEPINT0", "DIEPTSIZ0", "DTXFSTS0", "DOEPCTL0", "DOEPINT0", "DOEPTSIZ0"},
        {"DIEPCTL1", "DIEPINT1", "DIEPTSIZ1", "DTXFSTS1", "DOEPCTL1", "DOEPINT1", "DOEPTSIZ1"},
        {"DIEPCTL2", "DIEPINT2", "DIEPTSIZ2", "DTXFSTS2", "DOEPCTL2", "DOEPINT2", "DOEPTSIZ2"},
        {"DIEPCTL3", "DIEPINT3", "DIEPTSIZ3", "DTXFSTS3", "DOEPCTL3", "DOEPINT3", "DOEPTSIZ3"},
        {"DIEPCTL4", "DIEPINT4", "DIEPTSIZ4", "DTXFSTS4", "DOEPCTL4", "DOEPINT4", "DOEPTSIZ4"},
        {"DIEPCTL5", "DIEPINT5", "DIEPTSIZ5", "DTXFSTS5", "DOEPCTL5", "DOEPINT5", "DOEPTSIZ5"}};
    static constexpr const char* fifos[endpoints] = {"",         "DIEPTXF1", "DIEPTXF2",
                                                     "DIEPTXF3", "DIEPTXF4", "DIEPTXF5"};
    static constexpr const char* windows[endpoints] = {"DFIFO0", "DFIFO1", "DFIFO2",
                                                       "DFIFO3", "DFIFO4", "DFIFO5"};
    const std::vector<Field> fields = {{"MPSIZ", 10, 0, stored},
                                       {"USBAEP", 15},
                                       {"EONUM", 16, status},
                                       {"NAKSTS", 17, status},
                                       {"EPTYP", 19, 18, stored},
                                       {"SNPM", 20, stored},
                                       {"STALL", 21},
                                       {"TXFNUM", 25, 22, stored},
                                       {"CNAK", 26, order},
                                       {"SNAK", 27, order},
                                       {"SD0PID", 28, order},
                                       {"SODDFRM", 29, order},
                                       {"EPDIS", 30, order},
                                       {"EPENA", 31, status}};
    constexpr u32 active = 1u << 15; // endpoint 0 always is
    for (u32 i = 0; i < endpoints; ++i) {
        const u32 in = in_endpoint + i * endpoint_size;
        const u32 out = out_endpoint + i * endpoint_size;
        if (i != 0)
            all.emplace_back(0x100 + 4 * i, fifos[i], 0x02000200u + 0x200u * i, stored);
        all.push_back({in + control, names[i][0], i == 0 ? active : 0, fields});
        all.push_back({in + interrupt,
                       names[i][1],
                       0x80,
                       {{"DIEPINT", 6, 0, clear_by_1},
                        {"TXFE", 7, status},
                        {"PKTDRPSTS", 11, clear_by_1},
                        {"NAK", 13, clear_by_1}}});
        all.emplace_back(in + transfer, names[i][2], 0u, stored, 31u);
        all.emplace_back(in + fifo_state, names[i][3], 0x200u, status);
        all.push_back({out + control, names[i][4], i == 0 ? active : 0, fields});
        all.emplace_back(out + interrupt, names[i][5], 0x80u, clear_by_1, 16u);
        all.emplace_back(out + transfer, names[i][6], 0u, stored, 31u);
        all.emplace_back(0x1000 + 0x1000 * i, windows[i], 0u, order);
    }
    // Drivers walk over all that a core of this kind can have: what is not there reads 0.
    constexpr u32 most_endpoints = 16;
    for (u32 i = endpoints; i < most_endpoints; ++i) {
        const std::string number = std::to_string(i);
        all.push_back({0x100 + 4 * i, ("DIEPTXF" + number).c_str(), 0, {}});
        for (const auto& [first, letter] : {std::pair{in_endpoint, "I"}, {out_endpoint, "O"}})
            for (const auto& [offset, name] :
                 {std::pair{control, "EPCTL"}, {interrupt, "EPINT"}, {transfer, "EPTSIZ"}})
                all.push_back({first + i * endpoint_size + offset,
                               ("D" + std::string(letter) + name + number).c_str(),
                               0,
                               {}});
    }
    all.push_back({pcgcctl,
                   "PCGCCTL",
                   0x200B8000,
                   {{"STPPCLK", 0, stored},
                    {"GATEHCLK", 1, stored},
                    {"PHYSUSP", 4, status},
                    {"ENL1GTG", 5, stored},
                    {"PHYSLEEP", 6, status},
                    {"SUSP", 7, status}}});
}

} // namespace

RegisterMap registers() {
    std::vector<Register> all = global();
    add_host(all);
    add_device(all);
    add_endpoints(all);
    return RegisterMap(std::move(all));
}

} // namespace tinysim::otg
