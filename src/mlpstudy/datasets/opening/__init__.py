"""Opening a stranger's file: links, sizes, compression, memory."""
