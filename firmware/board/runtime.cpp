/// What the C library wants of an operating system: there is none, so these stop.
#include <cstddef>

extern "C" {
void Default_Handler();

void abort() {
    Default_Handler();
    __builtin_unreachable();
}
void _exit(int) {
    Default_Handler();
    __builtin_unreachable();
}
int _kill(int, int) { return -1; }
int _getpid() { return 1; }
void* _sbrk(std::ptrdiff_t) { return reinterpret_cast<void*>(-1); }
int _write(int, const char*, int) { return -1; }
int _read(int, char*, int) { return -1; }
int _close(int) { return -1; }
int _lseek(int, int, int) { return -1; }
int _fstat(int, void*) { return -1; }
int _isatty(int) { return 0; }
void __cxa_pure_virtual() { Default_Handler(); }
}

void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
