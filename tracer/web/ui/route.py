"""One row of the table of routes: who may come to a path, and what it is about.

A row is checked when it is made: one without a rule, with an unknown method, or with a place in its
path that is not said to be about something, cannot exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Literal, get_args

from tracer.casework.roles import Act

Method = Literal["GET", "POST", "FORM"]
"""GET reads, POST changes, FORM is a page with a form: shown by GET, sent by POST to itself."""
About = Literal["nothing", "case", "draft", "person", "peer", "team", "disposal"]
"""What the places of a path name; the matrix has an own, another's and an unrelated one of each."""


class Access(Enum):
    """A rule that is no act of casework."""

    ANYBODY = "anybody"
    """Whoever reaches the listener: signing in, and what is not about anybody."""
    SIGNED_IN = "signed-in"
    """Every person with a session, whatever the role: their own account."""
    UNFINISHED = "unfinished"
    """A session that has still to do something: a second factor, a change of password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row.

    Attributes:
        method: See `Method`; no other method of HTTP is answered.
        path: With places in braces, as aiohttp writes them.
        name: By which pages link to it.
        handler: `noun.function` in `pages`.
        rule: The act of casework that the reader's roles must allow, or an `Access`.
        about: What the places of the path name.
        menu: Its words in the navigation; empty: it does not stand there.
        body: Most bytes of a POST's body.
    """

    method: Method
    path: str
    name: str
    handler: str
    rule: Act | Access
    about: About = "nothing"
    menu: str = ""
    body: int = 64 * 1024

    def __post_init__(self) -> None:
        """Refuse a row that says too little.

        Raises:
            ValueError: with the path.
        """
        good = (
            self.method in get_args(Method)
            and type(self.rule) in (Act, Access)
            and re.fullmatch(r"(/[a-z0-9.-]+|/\{[a-z]+\})+|/", self.path)
            and re.fullmatch(r"[a-z_]+\.[a-z_]+", self.handler)
            and ("{" in self.path) == (self.about != "nothing")
        )
        if not good:
            raise ValueError(f"the route {self.method} {self.path} is not whole")

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places in the path."""
        return tuple(re.findall(r"\{([a-z]+)\}", self.path))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods of HTTP that it answers."""
        return ("GET", "POST") if self.method == "FORM" else (self.method,)
