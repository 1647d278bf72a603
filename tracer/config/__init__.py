"""The configuration: every limit named, typed, bounded and documented in one frozen value.

Rules:
    1. `SECTIONS` is the whole list. A setting is a field with a type, a default, a description and,
       where it measures something, a unit. `deploy/CONFIG.md` names every one; a test compares.
    2. The order is: defaults < `tracer.toml` < `conf.d/*.toml` (by name) < environment
       `TRACER_SECTION__KEY` < explicit values (command line, tests). `Config.origins` tells which.
    3. Nothing unknown is taken: a misspelt key is an error that names the nearest known one.
    4. A secret is never a value here, only a reference to one: `file:`, `credential:` or `env:`,
       which `trust` resolves. Everything in a `Config` may be shown.

What it does not do: watch files, or change while the node runs. Bounds that the protocol fixes
(clock window, depth of JSON, attachments a message) are constants of their rooms, not settings.

Example:
    >>> Config.load(None, environ={"TRACER_LISTEN__PORT": "8443"}).listen.port
    8443
"""

from tracer.config.load import DROP_INS, FILE, LOOPBACK, PREFIX, Config, Setting
from tracer.config.people import Accounts, Desk, Pace
from tracer.config.settings import (
    SECTIONS,
    Clocks,
    Delivery,
    Keyring,
    Limits,
    Listen,
    Log,
    Mail,
    Node,
    Notices,
    Release,
    Scanner,
    Time,
    Witness,
)

__all__ = [
    "DROP_INS",
    "FILE",
    "LOOPBACK",
    "PREFIX",
    "SECTIONS",
    "Accounts",
    "Clocks",
    "Config",
    "Delivery",
    "Desk",
    "Keyring",
    "Limits",
    "Listen",
    "Log",
    "Mail",
    "Node",
    "Notices",
    "Pace",
    "Release",
    "Scanner",
    "Setting",
    "Time",
    "Witness",
]
