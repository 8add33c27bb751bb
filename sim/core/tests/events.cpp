#include "../peripherals/registry.hpp"
#include "board.hpp"

#include <doctest/doctest.h>

using namespace tinysim;

namespace {

/// Counts how often it was due, and schedules itself by `next`.
class Recurring final : public Peripheral {
public:
    explicit Recurring(const Site& site) : Peripheral(site.name, site.around) {}
    u32 read(u32) override { return calls_; }
    void write(u32 offset, u32 value) override {
        (offset == 0 ? step_ : left_) = value;
        schedule(around.now() + 100);
    }
    void on_due() override {
        ++calls_;
        if (left_ != 0 && --left_ == 0)
            schedule(never);
        else
            schedule(due + step_);
    }

protected:
    void fields(State& state) override {
        state(calls_);
        state(step_);
        state(left_);
    }

private:
    u32 calls_ = 0;
    u32 step_ = 0; ///< cycles from one to the next
    u32 left_ = 0; ///< 0: without end
};

const Registered model{"Test.Recurring", make<Recurring>};

struct RecurringBoard : TestBoard {
    RecurringBoard() {
        machine.add_peripheral("recurring", "Test.Recurring", 0x40000000, {}, {});
        place(main_program, {0xE7FE});
        start();
    }
    bool fails() {
        try {
            run(1000);
        } catch (const CoreError& error) {
            message = error.what();
            return true;
        }
        return false;
    }
    u32 calls() { return machine.bus_read(0x40000000, 4); }
    std::string message;
};

} // namespace

TEST_CASE("A model that stays due at one moment is an error, once, and no endless loop") {
    RecurringBoard board;
    board.machine.bus_write(0x40000000, 0, 4);
    CHECK(board.fails());
    CHECK(board.message.find("recurring") != std::string::npos);
    CHECK_FALSE(board.fails());
    const u32 calls = board.calls();
    board.machine.bus_write(0x40000000, 50, 4); // scheduled anew, it is due again
    CHECK_FALSE(board.fails());
    CHECK(board.calls() > calls);
}

TEST_CASE("A model may be due many times at one moment, if it comes to an end") {
    RecurringBoard board;
    board.machine.bus_write(0x40000004, 1000, 4);
    CHECK_FALSE(board.fails());
    CHECK(board.calls() == 1000u);
}
