#pragma once

/// The serial port's receiving half by interrupts: the core sleeps until something comes.
namespace console {

void start();
char receive();

} // namespace console
