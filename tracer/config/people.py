"""Settings of the desk that our own people work at, and of how they sign in."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tracer.config.bounds import about as _about
from tracer.config.bounds import whole as _whole


class Desk(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where our own people reach the desk's pages with a browser."""

    host: Annotated[
        str,
        _about(
            "Address to listen on; empty: there is no desk. Without a certificate only on "
            "loopback, behind a reverse proxy."
        ),
    ] = ""
    port: Annotated[
        int, _whole("TCP port for browsers; 0 takes any free one.", "", at_least=0, at_most=65535)
    ] = 8443
    certificate: Annotated[
        str,
        _about(
            "PEM file of the certificate with its chain, relative to the data folder; empty: TLS "
            "ends in a reverse proxy."
        ),
    ] = ""
    key: Annotated[
        str, _about("PEM file of its private key, relative to the data folder; mode 0600.")
    ] = ""
    origin: Annotated[
        str,
        Meta(
            description="What people type, `https://desk.example`; any other name is refused. "
            "Behind a reverse proxy it is needed.",
            extra={
                "unit": "",
                "form": "this is an address without a path, in small letters, as https://desk.example",
            },
            pattern=r"^(https?://[a-z0-9.:\[\]-]+)?$",
        ),
    ] = ""
    timing: Annotated[
        bool,
        _about(
            "For measuring: pages tell how long they took (`Server-Timing`). A search that took "
            "longer can tell that a word stands in a case its reader may not see."
        ),
    ] = False

    def address(self, port: int | None = None) -> str:
        """What people type to reach it; empty: there is no desk.

        `port` is the one it listens on, where the settings leave that open (0).
        """
        if not self.host or self.origin:
            return self.origin if self.host else ""
        scheme = "https" if self.certificate else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        number = port or self.port
        return f"{scheme}://{host}:{number}" if number else f"{scheme}://{host} (any free port)"


class Pace(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much one person opens and begins within an hour before it is slowed and told of."""

    cases: Annotated[
        int,
        _whole(
            "Different cases; each further one takes a pause that grows to five seconds, and the "
            "auditors are told once.",
            "cases",
            at_least=10,
            at_most=100_000,
        ),
    ] = 200
    drafts: Annotated[
        int,
        _whole(
            "Drafts; each further one takes such a pause, and the auditors are told once.",
            "drafts",
            at_least=10,
            at_most=100_000,
        ),
    ] = 100


class Requests(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every new request of ours says, unless its draft says otherwise."""

    authority: Annotated[
        str,
        _about("The body that investigates, as other States read it; empty: our own name."),
    ] = ""
    function: Annotated[str, _about("What it does: `Criminal investigation`.")] = ""
    role: Annotated[
        str, _about("Whom to ask: the desk as such, never a person: `Desk officer on duty`.")
    ] = ""
    mail: Annotated[str, _about("Where that desk is written to.")] = ""
    phone: Annotated[str, _about("Where it is called.")] = ""
    instruments: Annotated[
        str, _about("What requests rest on: values of the list `instrument`, blanks between.")
    ] = "FIREARMS_PROTOCOL ITI"
    illicit: Annotated[
        str,
        _about("Why firearms are illicit: values of the list `illicit-basis`, blanks between."),
    ] = "ITI-6-A"
    article: Annotated[str, _about("The national provision: `Weapons Act s. 12`.")] = ""
    uses: Annotated[
        str,
        _about("What answers are wanted for: values of the list `intended-use`, blanks between."),
    ] = "LOCATE_DIVERSION PROSECUTION_LEAD"
    asked: Annotated[
        str, _about("What is asked for: values of the list `asked`, blanks between.")
    ] = "CONFIRM_MANUFACTURE FIRST_SHIPMENT CHAIN_OF_SALE LAST_HOLDER LOST_STOLEN_STATUS"


class Accounts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How our own people sign in at the desk."""

    second_factor: Annotated[
        Literal["required", "optional"],
        _about(
            "`required`: who has none sets one up at the first sign-in; `optional`: a code is "
            "asked of those who have set one up."
        ),
    ] = "required"
    idle_minutes: Annotated[
        int,
        _whole(
            "A session that nothing was asked of for so long is over.",
            "minutes",
            at_least=1,
            at_most=1440,
        ),
    ] = 30
    session_hours: Annotated[
        int, _whole("A session is over after this.", "hours", at_least=1, at_most=168)
    ] = 12
    fresh_minutes: Annotated[
        int,
        _whole(
            "How old a proof of who is there may be for keys, peers, people and a release by one "
            "person.",
            "minutes",
            at_least=1,
            at_most=60,
        ),
    ] = 5
    given_hours: Annotated[
        int,
        _whole("How long a one-time password may be used.", "hours", at_least=1, at_most=720),
    ] = 72
    tries: Annotated[
        int,
        _whole(
            "Wrong tries of one account that cost nothing; each further one makes the next wait.",
            "tries",
            at_least=1,
            at_most=20,
        ),
    ] = 5
    address_tries: Annotated[
        int,
        _whole(
            "Wrong tries from one address within the longest wait; then it waits.",
            "tries",
            at_least=1,
            at_most=10_000,
        ),
    ] = 30
    wait_minutes: Annotated[
        int, _whole("The longest wait.", "minutes", at_least=1, at_most=1440)
    ] = 15
