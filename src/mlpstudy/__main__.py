"""``python -m mlpstudy``: the command line."""

from mlpstudy.cli import main

if __name__ == "__main__":
    main()
