"""Every operation of the firmware against today's tflite-micro."""
