# Our kernels, `kernels`, and what makes TFLM's operations of them, `kernels_tflm`.

file(GLOB KERNELS CONFIGURE_DEPENDS kernels/*.cpp kernels/*.S)
add_library(kernels STATIC ${KERNELS})
target_include_directories(kernels PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
# Where a loop lies in a line of flash, 16 bytes, must not depend on what is linked before it.
# Products and sums of floats are rounded each, as on the host.
target_compile_options(kernels PRIVATE ${TINYSIM_WARNINGS} -O3 -falign-functions=16
                                       -ffp-contract=off)
# Loops that the compiler would unroll out of the flash accelerator's cache.
set_source_files_properties(kernels/taps.cpp PROPERTIES COMPILE_OPTIONS -O2)

# Of these an image takes what its operations name.
file(GLOB ADAPTERS CONFIGURE_DEPENDS tflm/*.cpp)
list(FILTER ADAPTERS EXCLUDE REGEX "/(inference|vintage|resolver_[a-z]+)\\.cpp$")
add_library(kernels_tflm STATIC ${ADAPTERS})
target_link_libraries(kernels_tflm PUBLIC kernels tflm)
target_compile_options(kernels_tflm PRIVATE ${TINYSIM_WARNINGS} -ffp-contract=off)
