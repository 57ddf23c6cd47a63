"""What learning curves and layers show."""
