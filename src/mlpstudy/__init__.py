"""mlpstudy: train a whole study of multilayer perceptrons, and learn which differences are real."""
