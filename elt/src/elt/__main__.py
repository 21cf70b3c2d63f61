"""`python -m elt` is `elt`."""

import sys

from elt.cli import main

sys.exit(main())
