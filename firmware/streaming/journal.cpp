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
std::uint32_t g_count;

} // namespace

void note(const char* what, std::uint32_t frame, int value) {
    // The interrupt that notes an overrun may come while PendSV notes a detection.
    const std::uint32_t place = __atomic_fetch_add(&g_count, 1, __ATOMIC_RELAXED);
    if (place < most)
        g_notes[place] = {what, frame, value};
}

void print() {
    const std::uint32_t count = __atomic_load_n(&g_count, __ATOMIC_RELAXED);
    th_printf("Log contents[cp=%lu]:\r\n<", static_cast<unsigned long>(count));
    for (std::uint32_t i = 0; i < count && i < most; ++i)
        th_printf("[%lu]: %s (%d)\r\n", static_cast<unsigned long>(g_notes[i].frame),
                  g_notes[i].what, g_notes[i].value);
    th_printf(">\r\n");
    __atomic_store_n(&g_count, 0, __ATOMIC_RELAXED);
}

} // namespace journal
