"""Draw a digit: networks that travel in the page."""
