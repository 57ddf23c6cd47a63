"""What this process may use of its machine: cores, memory, and the limits of its control groups."""
