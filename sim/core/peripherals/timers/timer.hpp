#pragma once

#include "../register_block.hpp"
#include "../registry.hpp"

#include <array>

namespace tinysim {

/// TIM1 to TIM8 and TIM15 to TIM17 (RM0432 sections 38 to 42), which differ in how many channels
/// they have and whether they repeat, break and count down.
///
/// The count is computed when somebody looks. An event is scheduled for the next tick at which
/// a flag, an output, a trigger or a DMA request changes.
class Timer final : public RegisterBlock {
public:
    explicit Timer(const Site& site);

    bool is_volatile(u32 offset) const override;
    void on_due() override;
    void before_clock_change() override { settle(); }
    void after_clock_change() override;
    /// Inputs: TI1 to TI4, ETR, the two break inputs, and ITR0 to ITR3.
    void input(int line, bool level) override;
    int output(const std::string& name) const override;
    enum Input : int { ti1 = 1, etr = 5, brk = 6, brk2 = 7, itr0 = 8 };
    enum Output : int {
        irq = 0,
        irq_break,
        irq_update,
        irq_trigger,
        irq_compare,
        trgo,
        oc1 = 8,      ///< to 13
        oc1n = 14,    ///< to 16
        dma_ch1 = 20, ///< to 23
        dma_up = 24,
        dma_trig = 25,
        dma_com = 26,
        oc1_ref = 27, ///< OC1, for a timer that has no TRGO
        trgo2 = 28,
    };

protected:
    u32 reading(u32 offset) override;
    bool writing(u32 offset, u32& value) override;
    void written(u32 offset, u32 value) override;
    void fields(State& state) override;
    void after_reset() override;

private:
    enum class Mode { up, down, centre };
    struct Position {
        u32 count = 0;
        bool down = false; ///< in centre-aligned mode, and as a mode is left
        bool operator==(const Position&) const = default;
    };

    Mode mode() const;
    bool internal_clock() const;
    bool counting() const;
    bool encoder() const;
    u32 compare(unsigned channel) const { return active_[channel]; }
    bool is_output(unsigned channel) const;
    u32 output_mode(unsigned channel) const;
    u32 enables(unsigned channel) const { return commuted_.enables >> 4 * channel & 15; }
    u32 capture_select(unsigned channel) const;

    u64 ticks_in(Cycles cycles) const {
        return cycles * rate_.ticks / (u64{rate_.cycles} * (u64{prescaler_} + 1));
    }
    Cycles cycles_of(u64 ticks) const {
        return (ticks * rate_.cycles * (u64{prescaler_} + 1) + rate_.ticks - 1) / rate_.ticks;
    }
    u64 to_boundary(Position from) const;
    Position after_boundary(Position from) const;
    Position advanced(Position from, u64 ticks) const;
    u64 to_match(Position from, unsigned channel) const;
    bool boundary_matters() const;
    bool match_matters(unsigned channel) const;

    void settle();
    void replan();
    void next_edge(Cycles from);
    void arrive(bool at_boundary);
    void overflow();
    void update_event(bool by_software, bool by_slave = false);
    void load_preloaded();
    void set_output(unsigned channel, bool active);
    void refresh_outputs();
    bool is_combined(unsigned channel) const;
    bool combined(unsigned channel) const;
    bool has_complement(unsigned channel) const;
    bool drives(unsigned channel) const;
    void refresh_reference(unsigned channel);
    void drive_channel(unsigned channel);
    void drive_off(unsigned channel);
    void drive_pair(unsigned channel);
    Cycles dead_time() const;
    void end_dead_time();
    void match(unsigned channel);
    void flag_match(unsigned channel);
    void flag_unreachable();
    void capture(unsigned channel);
    void capture_event(unsigned channel);
    void channel_input(unsigned line, bool level);
    void trigger(bool level);
    void external_tick();
    void encoder_edge(unsigned line);
    void pulse(int output);
    void pulse_trgo(u32 mode);
    void update_trgo_level();
    void follow_references(u32 mode);
    void commute(bool all);
    void commutation_event();
    void external_edge(bool active);
    void request(int output, u32 enable);
    void break_event(u32 flag);
    void refresh_interrupts();
    bool outputs_enabled() const;
    u32 trgo_mode() const;
    u32 trgo2_mode() const;

    /// CCER and OCxM as they work: with CCPC they wait for a commutation.
    struct Commuted {
        u32 enables = 0;
        std::array<u32, 6> modes{};
    };

    const Clocks& clocks_;
    const u32 limit_; ///< the largest count: 0xFFFF or 0xFFFFFFFF
    const unsigned channels_;
    const bool break_;            ///< has BDTR and RCR
    Rate rate_;                   ///< of the kernel clock
    u32 prescaler_ = 0;           ///< as it works since the last update event
    u32 reload_ = 0;              ///< as it works
    std::array<u32, 6> active_{}; ///< CCRx as they work
    u32 repetitions_ = 0;         ///< boundaries left before an update event
    Position position_;           ///< at `since_`
    Cycles since_ = 0;
    u32 prescaled_ = 0;               ///< ticks of an external clock since the last count
    std::array<bool, 6> reference_{}; ///< OCxREF
    std::array<bool, 6> output_{};    ///< OCxREFC: what comes of it with other channels
    u32 inputs_ = 0;
    u32 trigger_inputs_ = 0; ///< ITR levels
    u32 external_edges_ = 0; ///< on ETR, of those that ETPS divides
    u32 followed_ = 0;       ///< OCxREFC as TRGO2 has seen them
    Commuted commuted_;
    std::array<u8, 4> captures_{};
    u32 burst_ = 0;
    bool stopped_ = false;         ///< with HCLK
    std::array<bool, 3> turned_{}; ///< OCxREFC as a pair with dead time follows it
    std::array<Cycles, 3> dead_until_{never, never, never}; ///< neither of a pair is active
    Cycles edge_due_ = never;                               ///< of an oscillator on TI1
    u64 edge_remainder_ = 0;
};

} // namespace tinysim
