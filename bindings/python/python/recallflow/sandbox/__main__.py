"""The sandbox on the command line: `python -m recallflow.sandbox`."""

import signal
import sys

from recallflow._native import serve_sandbox

# The native server handles signals. Python's own handler would raise KeyboardInterrupt after it.
signal.signal(signal.SIGINT, signal.SIG_DFL)
sys.exit(serve_sandbox(sys.argv[1:]))
