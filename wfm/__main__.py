"""``python -m wfm``: the command line where the script ``wfm`` is not on the path."""

from wfm.cli import main

if __name__ == "__main__":
    main()
