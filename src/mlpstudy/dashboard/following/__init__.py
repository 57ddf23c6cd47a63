"""What is read while pages are open: the folder, its studies, and the streams that tell of them."""
