#include "streaming/journal.hpp"

#include "harness/format.hpp"

namespace journal {
namespace {

constexpr std::uint32_t most = 64;

struct Note {
    const char* what;
    std::uint32_t frame;
    int value;
};

Note g_notes[most];
volatile std::uint32_t g_count;

} // namespace

void note(const char* what, std::uint32_t frame, int value) {
    const std::uint32_t count = g_count;
    if (count < most)
        g_notes[count] = {what, frame, value};
    g_count = count + 1;
}

void print() {
    const std::uint32_t count = g_count;
    th_printf("Log contents[cp=%lu]:\r\n<", static_cast<unsigned long>(count));
    for (std::uint32_t i = 0; i < count && i < most; ++i)
        th_printf("[%lu]: %s (%d)\r\n", static_cast<unsigned long>(g_notes[i].frame),
                  g_notes[i].what, g_notes[i].value);
    th_printf(">\r\n");
    g_count = 0;
}

} // namespace journal
