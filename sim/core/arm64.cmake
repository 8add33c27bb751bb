# Compiles for an arm64 Linux on another one, and runs the tests by QEMU: make differential-arm64
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static) # no libraries to be found
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
