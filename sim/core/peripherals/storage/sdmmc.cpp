#include "../register_block.hpp"
#include "../registry.hpp"

#include <algorithm>

namespace tinysim {
namespace {

using enum Bits;

enum Offset : u32 {
    power = 0x00,
    clkcr = 0x04,
    cmd = 0x0C,
    dtimer = 0x24,
    dlen = 0x28,
    dctrl = 0x2C,
    dcount = 0x30,
    sta = 0x34,
    icr = 0x38,
    mask = 0x3C,
    fifo = 0x80,
};

constexpr u32 power_on = 3; ///< PWRCTRL
constexpr u32 cmd_cmdtrans = 1u << 6;
constexpr u32 cmd_waitresp = 3u << 8;
constexpr u32 cmd_cpsmen = 1u << 12;
constexpr u32 dctrl_dten = 1u << 0, dctrl_dtdir = 1u << 1;
constexpr u32 sta_ctimeout = 1u << 2, sta_dtimeout = 1u << 3, sta_cmdsent = 1u << 7,
              sta_dpsmact = 1u << 12, sta_cpsmact = 1u << 13, sta_txfifohe = 1u << 14,
              sta_txfifoe = 1u << 18, sta_rxfifoe = 1u << 19;
constexpr u32 clearable = 0x1FE00FFF;

constexpr u32 command_clocks = 48;     ///< a command's bits
constexpr u32 no_response_clocks = 64; ///< RM0432, SDMMC_STA.CTIMEOUT

RegisterMap registers() {
    return {
        {power,
         "POWER",
         0,
         {{"PWRCTRL", 1, 0},
          {"VSWITCH", 2, unmodelled},
          {"VSWITCHEN", 3, stored},
          {"DIRPOL", 4, stored}}},
        {clkcr,
         "CLKCR",
         0,
         {{"CLKDIV", 9, 0},
          {"PWRSAV", 12, stored},
          {"WIDBUS", 15, 14, stored},
          {"NEGEDGE", 16, stored},
          {"HWFC_EN", 17, stored},
          {"DDR", 18, stored},
          {"BUSSPEED", 19, stored},
          {"SELCLKRX", 21, 20, stored}}},
        {0x08, "ARGR", 0, stored},
        {cmd,
         "CMDR",
         0,
         {{"CMDINDEX", 5, 0, stored},
          {"CMDTRANS", 6},
          {"CMDSTOP", 7, stored},
          {"WAITRESP", 9, 8},
          {"WAITINT", 10, stored},
          {"WAITPEND", 11, stored},
          {"CPSMEN", 12},
          {"DTHOLD", 13, stored},
          {"BOOTMODE", 14, unmodelled},
          {"BOOTEN", 15, unmodelled},
          {"CMDSUSPEND", 16, stored}}},
        {0x10, "RESPCMDR", 0, status},
        {0x14, "RESP1R", 0, status},
        {0x18, "RESP2R", 0, status},
        {0x1C, "RESP3R", 0, status},
        {0x20, "RESP4R", 0, status},
        {dtimer, "DTIMER"},
        {dlen, "DLENR", 0, modelled, 25},
        {dctrl,
         "DCTRL",
         0,
         {{"DTEN", 0},
          {"DTDIR", 1},
          {"DTMODE", 3, 2, stored},
          {"DBLOCKSIZE", 7, 4, stored},
          {"RWSTART", 8, stored},
          {"RWSTOP", 9, stored},
          {"RWMOD", 10, stored},
          {"SDIOEN", 11, stored},
          {"BOOTACKEN", 12, stored},
          {"FIFORST", 13, stored}}},
        {dcount, "DCNTR", 0, status},
        {sta, "STAR", 0, status},
        {icr, "ICR", 0, order},
        {mask, "MASKR", 0, {{"CCRCFAILIE", 0},  {"DCRCFAILIE", 1},    {"CTIMEOUTIE", 2},
                            {"DTIMEOUTIE", 3},  {"TXUNDERRIE", 4},    {"RXOVERRIE", 5},
                            {"CMDRENDIE", 6},   {"CMDSENTIE", 7},     {"DATAENDIE", 8},
                            {"DHOLDIE", 9},     {"DBCKENDIE", 10},    {"DABORTIE", 11},
                            {"TXFIFOHEIE", 14}, {"RXFIFOHFIE", 15},   {"RXFIFOFIE", 17},
                            {"TXFIFOEIE", 18},  {"BSYD0ENDIE", 21},   {"SDIOITIE", 22},
                            {"ACKFAILIE", 23},  {"ACKTIMEOUTIE", 24}, {"VSWENDIE", 25},
                            {"CKSTOPIE", 26},   {"IDMABTCIE", 28}}},
        {0x40, "ACKTIMER", 0, stored, 25},
        {0x50,
         "IDMACTRLR",
         0,
         {{"IDMAEN", 0, stored}, {"IDMABMODE", 1, stored}, {"IDMABACT", 2, stored}}},
        {0x54, "IDMABSIZER", 0, stored, 13},
        {0x58, "IDMABASE0R", 0, stored},
        {0x5C, "IDMABASE1R", 0, stored},
        {fifo, "FIFOR", 0, order},
    };
}

/// SD and MMC interface (RM0432, SDMMC) without a card: commands go out, no response comes, and
/// transfers of data time out.
class Sdmmc final : public RegisterBlock {
public:
    explicit Sdmmc(const Site& site)
        : RegisterBlock(site.name, site.around, registers()), clocks_(site.clocks) {}
    void on_due() override {
        const u64 now = around.time_ps();
        if (command_ps_ <= now) {
            command_ps_ = never;
            at(sta) |= has(cmd, cmd_waitresp) ? sta_ctimeout : sta_cmdsent;
        }
        if (data_ps_ <= now) {
            data_ps_ = never;
            at(sta) |= sta_dtimeout;
        }
        plan();
    }
    void after_clock_change() override { plan(); }

protected:
    u32 reading(u32 offset) override {
        if (offset != sta)
            return at(offset);
        const bool moves = data_ps_ != never;
        u32 state = at(sta) | (command_ps_ != never ? sta_cpsmact : 0);
        if (moves)
            state |=
                sta_dpsmact | (has(dctrl, dctrl_dtdir) ? sta_rxfifoe : sta_txfifoe | sta_txfifohe);
        return state;
    }
    void written(u32 offset, u32 value) override {
        if (offset == icr)
            at(sta) &= ~(value & clearable);
        if (offset == cmd && (value & cmd_cpsmen) != 0 && is_powered()) {
            const u32 waits = has(cmd, cmd_waitresp) ? no_response_clocks : 0;
            command_ps_ = after(command_clocks + waits);
            if ((value & cmd_cmdtrans) != 0)
                begin_data();
        }
        if (offset == dctrl && (value & dctrl_dten) != 0)
            begin_data();
        if (offset == power && !is_powered())
            command_ps_ = data_ps_ = never;
        plan();
    }
    void after_reset() override { plan(); }
    void fields(State& state) override {
        RegisterBlock::fields(state);
        state(command_ps_, never);
        state(data_ps_, never);
    }

private:
    bool is_powered() const { return (at(power) & power_on) == power_on && clock() != 0; }
    u64 clock() const {
        const u32 divider = at(clkcr) & 0x3FF;
        return clocks_.sdmmc_clock() / (divider == 0 ? 1 : 2 * divider);
    }
    /// So many periods of SDMMC_CK later.
    u64 after(u64 periods) const {
        constexpr u64 ps_a_second = 1'000'000'000'000;
        constexpr u64 longest = 1'000'000 * ps_a_second;
        const auto ps = static_cast<unsigned __int128>(periods) * ps_a_second / clock();
        return around.time_ps() + static_cast<u64>(std::min<unsigned __int128>(ps, longest));
    }
    void begin_data() {
        if (!is_powered())
            return;
        at(dcount) = at(dlen);
        data_ps_ = after(at(dtimer));
    }
    void plan() {
        drive(0, (reading(sta) & at(mask)) != 0);
        const u64 next = std::min(command_ps_, data_ps_);
        schedule(next == never ? never : std::max(around.cycle_at(next), around.now() + 1));
    }

    const Clocks& clocks_;
    u64 command_ps_ = never; ///< when no response has come
    u64 data_ps_ = never;    ///< when no data has come
};

const Registered model{"SD.STM32SDMMC", make<Sdmmc>};

} // namespace
} // namespace tinysim
