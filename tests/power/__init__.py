"""What a board draws, and the monitor that measures it."""
