"""``python -m boilerclass`` is the command ``boilerclass``."""

import sys

from boilerclass.cli import main

if __name__ == "__main__":
    sys.exit(main())
