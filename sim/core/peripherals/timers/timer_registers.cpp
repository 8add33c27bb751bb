#include "timer_registers.hpp"

#include <algorithm>

namespace tinysim::timer {
namespace {

using enum Bits;

Register capture_compare_mode(u32 offset, const char* name, unsigned first, unsigned channels) {
    std::vector<Field> fields;
    static constexpr const char* names[][7] = {
        {"CC1S", "OC1FE", "OC1PE", "OC1M", "OC1CE", "OC1M_3", "IC1PSC"},
        {"CC2S", "OC2FE", "OC2PE", "OC2M", "OC2CE", "OC2M_3", "IC2PSC"},
        {"CC3S", "OC3FE", "OC3PE", "OC3M", "OC3CE", "OC3M_3", "IC3PSC"},
        {"CC4S", "OC4FE", "OC4PE", "OC4M", "OC4CE", "OC4M_3", "IC4PSC"},
        {"CC5S", "OC5FE", "OC5PE", "OC5M", "OC5CE", "OC5M_3", "IC5PSC"},
        {"CC6S", "OC6FE", "OC6PE", "OC6M", "OC6CE", "OC6M_3", "IC6PSC"}};
    for (unsigned i = 0; i < 2 && first + i < channels; ++i) {
        const auto& of = names[first + i];
        const unsigned low = 8 * i;
        if (first < 4)
            fields.emplace_back(of[0], low + 1, low);
        fields.emplace_back(of[1], low + 2, stored);
        fields.emplace_back(of[2], low + 3);
        fields.emplace_back(of[3], low + 6, low + 4);
        fields.emplace_back(of[4], low + 7, stored); // also the filter's top bit
        fields.emplace_back(of[5], 16 + low);
    }
    return {offset, name, 0, std::move(fields)};
}

} // namespace

RegisterMap registers(u32 limit, unsigned channels, bool has_break) {
    const unsigned width = limit == 0xFFFF ? 16 : 32;
    const bool advanced = channels > 4;
    std::vector<Field> control = {{"CEN", 0}, {"UDIS", 1}, {"URS", 2},
                                  {"OPM", 3}, {"ARPE", 7}, {"UIFREMAP", 11}};
    if (channels >= 4)
        control.insert(control.end(), {{"DIR", 4}, {"CMS", 6, 5}});
    if (channels > 0)
        control.emplace_back("CKD", 9, 8,
                             has_break ? modelled : stored); // of dead time and filters
    std::vector<Register> all = {{0x00, "CR1", 0, control}};
    std::vector<Field> control2 = {{"MMS", 6, 4}};
    std::vector<Field> interrupts = {{"UIE", 0}, {"UDE", 8}};
    std::vector<Field> status_bits = {{"UIF", 0, clear_by_0}};
    std::vector<Field> events = {{"UG", 0, order}};
    static constexpr const char* cc[][5] = {{"CC1IE", "CC1DE", "CC1IF", "CC1OF", "CC1G"},
                                            {"CC2IE", "CC2DE", "CC2IF", "CC2OF", "CC2G"},
                                            {"CC3IE", "CC3DE", "CC3IF", "CC3OF", "CC3G"},
                                            {"CC4IE", "CC4DE", "CC4IF", "CC4OF", "CC4G"}};
    for (unsigned i = 0; i < std::min(channels, 4u); ++i) {
        interrupts.emplace_back(cc[i][0], 1 + i);
        interrupts.emplace_back(cc[i][1], 9 + i);
        status_bits.emplace_back(cc[i][2], 1 + i, clear_by_0);
        status_bits.emplace_back(cc[i][3], 9 + i, clear_by_0);
        events.emplace_back(cc[i][4], 1 + i, order);
    }
    if (channels > 0) {
        control2.emplace_back("CCDS", 3, unmodelled);
        if (channels > 1)
            control2.emplace_back("TI1S", 7);
    }
    if (channels > 1) {
        interrupts.insert(interrupts.end(), {{"TIE", 6}, {"TDE", 14}});
        status_bits.emplace_back("TIF", 6, clear_by_0);
        events.emplace_back("TG", 6, order);
    }
    if (has_break) {
        control2.insert(control2.end(), {{"CCPC", 0}, {"CCUS", 2}, {"OIS", 14, 8}});
        if (advanced)
            control2.insert(control2.end(),
                            {{"OIS5", 16, stored}, {"OIS6", 18, stored}, {"MMS2", 23, 20}});
        interrupts.insert(interrupts.end(), {{"COMIE", 5}, {"BIE", 7}, {"COMDE", 13}});
        status_bits.insert(status_bits.end(), {{"COMIF", 5, clear_by_0},
                                               {"BIF", 7, clear_by_0},
                                               {"B2IF", 8, clear_by_0},
                                               {"SBIF", 13, clear_by_0}});
        events.insert(events.end(), {{"COMG", 5, order}, {"BG", 7, order}, {"B2G", 8, order}});
    }
    if (advanced)
        status_bits.insert(status_bits.end(),
                           {{"CC5IF", 16, clear_by_0}, {"CC6IF", 17, clear_by_0}});
    all.emplace_back(0x04, "CR2", 0u, control2);
    if (channels > 1)
        all.push_back({0x08,
                       "SMCR",
                       0,
                       {{"SMS", 2, 0},
                        {"OCCS", 3, stored},
                        {"TS", 6, 4},
                        {"MSM", 7, stored},
                        {"ETF", 11, 8, stored},
                        {"ETPS", 13, 12},
                        {"ECE", 14},
                        {"ETP", 15},
                        {"SMS_3", 16}}});
    all.emplace_back(0x0C, "DIER", 0u, interrupts);
    all.emplace_back(0x10, "SR", 0u, status_bits);
    all.emplace_back(0x14, "EGR", 0u, events);
    if (channels > 0) {
        all.push_back(capture_compare_mode(0x18, "CCMR1", 0, channels));
        if (channels > 2)
            all.push_back(capture_compare_mode(0x1C, "CCMR2", 2, channels));
        std::vector<Field> enables;
        static constexpr const char* enable_names[][4] = {
            {"CC1E", "CC1P", "CC1NE", "CC1NP"}, {"CC2E", "CC2P", "CC2NE", "CC2NP"},
            {"CC3E", "CC3P", "CC3NE", "CC3NP"}, {"CC4E", "CC4P", "CC4NE", "CC4NP"},
            {"CC5E", "CC5P", "CC5NE", "CC5NP"}, {"CC6E", "CC6P", "CC6NE", "CC6NP"}};
        for (unsigned i = 0; i < channels; ++i) {
            enables.emplace_back(enable_names[i][0], 4 * i);
            enables.emplace_back(enable_names[i][1], 4 * i + 1);
            const bool complementary = has_break && i < (advanced ? 3u : 1u);
            if (complementary)
                enables.emplace_back(enable_names[i][2], 4 * i + 2);
            if (i < 4)
                enables.emplace_back(enable_names[i][3], 4 * i + 3);
        }
        all.emplace_back(0x20, "CCER", 0u, enables);
    }
    all.emplace_back(0x24, "CNT", 0u, modelled, width);
    all.emplace_back(0x28, "PSC", 0u, modelled, 16u);
    all.emplace_back(0x2C, "ARR", limit, modelled, width);
    if (has_break)
        all.emplace_back(0x30, "RCR", 0u, modelled, advanced ? 16u : 8u);
    static constexpr const char* compares[] = {"CCR1", "CCR2", "CCR3", "CCR4"};
    for (unsigned i = 0; i < std::min(channels, 4u); ++i)
        all.emplace_back(0x34 + 4 * i, compares[i], 0u, modelled, width);
    if (has_break)
        all.push_back({0x44,
                       "BDTR",
                       0,
                       {{"DTG", 7, 0},
                        {"LOCK", 9, 8, stored},
                        {"OSSI", 10},
                        {"OSSR", 11},
                        {"BKE", 12},
                        {"BKP", 13},
                        {"AOE", 14},
                        {"MOE", 15},
                        {"BKF", 19, 16, stored},
                        {"BK2F", 23, 20, stored},
                        {"BK2E", 24, advanced ? modelled : unmodelled},
                        {"BK2P", 25, advanced ? modelled : stored}}});
    if (channels > 0) {
        all.push_back({0x48, "DCR", 0, {{"DBA", 4, 0}, {"DBL", 12, 8}}});
        all.emplace_back(0x4C, "DMAR");
        all.emplace_back(0x50, "OR1", 0u, channels < 3 ? modelled : stored);
        all.emplace_back(0x60, "OR2", has_break ? 1u : 0u, stored);
    }
    if (advanced) {
        all.push_back(capture_compare_mode(0x54, "CCMR3", 4, 6));
        all.push_back({0x58, "CCR5", 0, {{"CCR5", 15, 0}, {"GC5C", 31, 29}}});
        all.emplace_back(0x5C, "CCR6", 0u, modelled, 16u);
        all.emplace_back(0x64, "OR3", 1u, stored);
    }
    return RegisterMap(std::move(all));
}

} // namespace tinysim::timer
