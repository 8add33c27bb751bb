# Our kernels, `kernels`, and what makes TFLM's operations of them, `kernels_tflm`.

file(GLOB KERNELS CONFIGURE_DEPENDS kernels/*.cpp)
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

# The same with less memory that lasts, before the library's own in an image that is short of it.
add_library(sparing OBJECT tflm/convolution.cpp)
target_link_libraries(sparing PRIVATE kernels tflm)
target_compile_options(sparing PRIVATE ${TINYSIM_WARNINGS} -ffp-contract=off)
target_compile_definitions(sparing PRIVATE TINYSIM_SPARING)
