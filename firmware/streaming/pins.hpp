#pragma once

/// The pins that the interface board and the energy monitor watch.
namespace pins {

void start();
/// PE9 is high while a frame is processed.
void processing(bool busy);
/// PB8 idles high: a low pulse says that the wake word was heard.
void pulse_detected();
/// Waits for a microsecond at least.
void wait_a_microsecond();

} // namespace pins
