"""What an installation of tinysim has, and how to get what it lacks."""
