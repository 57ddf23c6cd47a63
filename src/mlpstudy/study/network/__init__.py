"""What one network is: its layers, their initial weights, its parameters."""
