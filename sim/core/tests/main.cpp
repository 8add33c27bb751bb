#include "check.hpp"

int main() {
    for (const Test& test : tests()) {
        const int before = failures();
        test.run();
        if (failures() != before)
            std::printf("FAILED: %s\n", test.name);
    }
    std::printf("%zu tests, %d failed checks\n", tests().size(), failures());
    return failures() == 0 && !tests().empty() ? 0 : 1;
}
