"""`python -m wan22dsl` is `wan`."""

from __future__ import annotations

import sys

from wan22dsl.cli import main

if __name__ == "__main__":
    sys.exit(main())
