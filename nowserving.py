"""``python -m nowserving`` is the ``nowserving`` command."""

import sys

from shared.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
