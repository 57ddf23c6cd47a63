"""The metrics, one file each: menu.py lists them."""
