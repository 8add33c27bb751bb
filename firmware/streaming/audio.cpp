#include "streaming/audio.hpp"

#include "board/registers.hpp"
#include "streaming/journal.hpp"
#include "streaming/pins.hpp"
#include "streaming/record.hpp"

#include <cstring>

namespace audio {
namespace {

std::int16_t g_buffers[2][buffer_samples];
volatile std::uint32_t g_filling;
volatile bool g_is_busy;
enum class State : std::uint8_t { idle, streaming, capturing, captured };
volatile State g_state;
volatile std::size_t g_wanted, g_captured; // samples
volatile std::uint32_t g_frames, g_overruns, g_first_overrun;

void disarm() {
    board::dma1::ccr1 = 0;
    board::dma1::ifcr = 15;
}

/// Normal mode (RM0432 11.4.4): the count is set anew for each buffer.
void arm() {
    constexpr std::uint32_t control = 1u << 0     // EN
                                      | 1u << 1   // TCIE
                                      | 1u << 7   // MINC
                                      | 1u << 8   // PSIZE: half-words
                                      | 1u << 10  // MSIZE: half-words
                                      | 3u << 12; // PL: a FIFO of eight samples waits for it
    disarm();
    board::dma1::cndtr1 = buffer_samples;
    board::dma1::cmar1 = reinterpret_cast<std::uint32_t>(g_buffers[g_filling]);
    board::dma1::ccr1 = control;
}

/// Begins to receive into the first buffer.
void receive(State state) {
    g_filling = 0;
    g_is_busy = false;
    g_frames = g_overruns = g_first_overrun = 0;
    g_state = state;
    arm();
    board::sai1_a::cr1 |= 1u << 17; // DMAEN
    board::sai1_a::cr1 |= 1u << 16; // SAIEN
}

/// A block is off once SAIEN reads 0 (RM0432 58.3.15).
void turn_off() {
    constexpr std::uint32_t saien_dmaen = 1u << 16 | 1u << 17;
    board::sai1_a::cr1 &= ~saien_dmaen;
    while (board::sai1_a::cr1 & 1u << 16) {
    }
    board::sai1_a::cr2 |= 1u << 3; // FFLUSH
}

} // namespace

void start_hardware() {
    board::rcc::ahb1enr |= 1u << 0 | 1u << 2; // DMA1EN, DMAMUX1EN
    board::rcc::ahb2enr |= 1u << 4;           // GPIOEEN
    board::rcc::apb2enr |= 1u << 21;          // SAI1EN
    // PE4 FS, PE5 SCK, PE6 SD: alternate function 13 (DS12023 table 17).
    board::gpioe::afrl = (board::gpioe::afrl & ~(0xFFFu << 16)) | 0xDDDu << 16;
    board::gpioe::moder = (board::gpioe::moder & ~(0x3Fu << 8)) | 0x2Au << 8;
    board::dmamux1::c0cr = 36; // SAI1_A (RM0432 table 45)
    board::dma1::cpar1 = board::sai1_a::dr_address;
    // I2S of two slots of 16 bits (RM0432 58.3.8): FS active low over the left half, a bit early.
    board::sai1_a::cr1 = 3u | 4u << 5;                          // slave receiver, DS: 16 bits
    board::sai1_a::cr2 = 0;                                     // FTH: a sample asks for the DMA
    board::sai1_a::frcr = 31u | 15u << 8 | 1u << 16 | 1u << 18; // FRL, FSALL, FSDEF, FSOFF
    board::sai1_a::slotr = 1u << 8 | 3u << 16;                  // NBSLOT, SLOTEN
    board::nvic::ipr(11) = 0x00;                                // DMA1_Channel1 before all else
    board::nvic::iser0 = 1u << 11;
}

void start() {
    g_captured = 0; // its memory is needed
    receive(State::streaming);
}

void capture(std::size_t samples) {
    g_wanted = samples;
    g_captured = 0;
    receive(State::capturing);
}

void stop() {
    g_state = State::idle;
    turn_off();
    disarm();
}

bool is_running() { return g_state != State::idle; }
bool is_streaming() { return g_state == State::streaming; }
bool is_captured() { return g_state == State::captured; }
std::size_t captured() { return is_running() ? 0 : g_captured; }
std::size_t wanted() { return g_wanted; }
const std::int16_t* taken() { return g_buffers[1 - g_filling]; }
void give_back() { g_is_busy = false; }
std::uint32_t overruns() { return g_overruns; }
std::uint32_t first_overrun() { return g_first_overrun; }
std::int16_t* first_buffer() { return g_buffers[0]; }

namespace {

/// Keeps a whole buffer, and goes on where another one would find room.
void keep() {
    const std::int16_t* whole = g_buffers[g_filling];
    const std::size_t before = g_captured;
    const bool is_last = before + 2 * buffer_samples > g_wanted;
    g_filling = 1 - g_filling;
    if (is_last)
        disarm();
    else
        arm();
    std::memcpy(record::sound() + before, whole, sizeof g_buffers[0]);
    g_captured = before + buffer_samples;
    if (is_last) {
        g_state = State::captured;
        board::scb::icsr = 1u << 28; // PENDSVSET
    }
}

} // namespace

} // namespace audio

/// The next buffer is armed before anything else. A frame that finds the last one unfinished is
/// left out, and counted.
extern "C" void DMA1_Channel1_IRQHandler() {
    using namespace audio;
    if (g_state == State::capturing) {
        keep();
        return;
    }
    if (g_state != State::streaming)
        return;
    const std::uint32_t frame = g_frames;
    g_frames = frame + 1;
    if (g_is_busy) {
        arm();
        if (g_overruns == 0)
            g_first_overrun = frame;
        journal::note("overrun", frame, 0);
        g_overruns = g_overruns + 1;
        return;
    }
    g_filling = 1 - g_filling;
    arm();
    g_is_busy = true;
    pins::processing(true);
    board::scb::icsr = 1u << 28; // PENDSVSET
}
