"""``python -m tactful`` is the command line."""

import sys

from tactful.config.cli import main

sys.exit(main())
