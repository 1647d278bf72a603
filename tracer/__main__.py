"""`python -m tracer` is the `tracer` command."""

import sys

from tracer.cli.main import main

sys.exit(main())
