"""What figures share: theme, scales, keys, saving."""
