"""From raw values to features, by what was learned from the training examples alone."""
