"""What a process meets of its machine: cores, memory, control groups, files, modules that load slowly."""
