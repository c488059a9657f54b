"""A simulated month: thirty days of the source in minutes, with everything that goes wrong in thirty days."""
