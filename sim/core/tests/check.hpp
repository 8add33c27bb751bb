#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

/// A test is a name that is a sentence and a function that checks.
struct Test {
    const char* name;
    void (*run)();
};

inline std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

struct Registration {
    Registration(const char* name, void (*run)()) { tests().push_back({name, run}); }
};

inline int& failures() {
    static int count = 0;
    return count;
}

template <class A, class B>
void check_equal(const A& actual, const B& expected, const char* text, const char* file, int line) {
    if (actual == static_cast<A>(expected))
        return;
    ++failures();
    std::printf("%s:%d: %s is 0x%llx, not 0x%llx\n", file, line, text,
                static_cast<unsigned long long>(actual), static_cast<unsigned long long>(expected));
}

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define TEST(name)                                                                                 \
    static void JOIN(test_, __LINE__)();                                                           \
    static const Registration JOIN(registration_, __LINE__)(name, JOIN(test_, __LINE__));          \
    static void JOIN(test_, __LINE__)()
#define EQUAL(actual, expected) check_equal(actual, expected, #actual, __FILE__, __LINE__)
