"""A command's process: how it is interrupted, goes on, and runs out of memory."""
