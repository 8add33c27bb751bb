/// The kernels against the plainest possible code for the same arithmetic, on random shapes.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
