"""`python -m portal` is the command line, where the program `sixweeks` is not on the path."""

import sys

from portal.cli import main

sys.exit(main())
