"""What networks are trained to say, and how well they say it: classes, losses, metrics."""
