"""Every setting there is: one frozen Struct a section, one field a setting.

A setting has a type, a default, bounds, a description and, where it measures something, a unit.
`deploy/CONFIG.md` names every one; a test compares it with `SECTIONS`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tracer.config.bounds import about as _about
from tracer.config.bounds import whole as _whole
from tracer.config.people import Accounts, Desk, Pace, Requests

KIB, MIB, GIB = 1024, 1024**2, 1024**3
AUTHORITY = r"^([A-Z]{2}(-[A-Z0-9]{1,16}){1,3})?$"
"""An authority id as the wire has it, or nothing before `tracer init`."""
KEPT_ELSEWHERE = "this names where it is kept: file:PATH, credential:NAME or env:NAME"
"""What is said of a secret that stands in the file itself."""


class Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who this node speaks for and where it keeps what it knows."""

    authority: Annotated[
        str,
        Meta(
            description="Id of the authority, e.g. `XA-NPOC`; set once by `tracer init`.",
            extra={"unit": "", "form": "this is the id of an authority, as XA-NPOC"},
            pattern=AUTHORITY,
        ),
    ] = ""
    name: Annotated[str, _about("Name of the authority as peers read it.")] = ""
    data_dir: Annotated[
        str, _about("Folder of the database, keyring and attachments; mode 0700.")
    ] = ""
    exercise: Annotated[
        bool,
        _about(
            "For training: every message is a test, only authorities of the invented States XA to"
            " XZ are believed, every page says so. Set by `tracer exercise`."
        ),
    ] = False


class Listen(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where peers reach this node. TLS ends in the node."""

    host: Annotated[str, _about("Address to listen on; `0.0.0.0` or `::` for all.")] = "127.0.0.1"
    port: Annotated[
        int, _whole("TCP port for peers; 0 takes any free one.", "", at_least=0, at_most=65535)
    ] = 7443
    health_port: Annotated[
        int,
        _whole(
            "Port on 127.0.0.1 for `/livez` and `/readyz`; 0 opens none.",
            "",
            at_least=0,
            at_most=65535,
        ),
    ] = 0


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one peer, one connection or one message may take. Peer input is hostile."""

    message_bytes: Annotated[
        int,
        _whole("Largest sealed message, as received.", "bytes", at_least=16 * KIB, at_most=4 * MIB),
    ] = 256 * KIB
    batch_messages: Annotated[
        int, _whole("Most messages in one batch.", "messages", at_least=1, at_most=1000)
    ] = 100
    batch_bytes: Annotated[
        int, _whole("Largest batch body.", "bytes", at_least=64 * KIB, at_most=64 * MIB)
    ] = 8 * MIB
    header_bytes: Annotated[
        int, _whole("Largest HTTP header field or line.", "bytes", at_least=1024, at_most=64 * KIB)
    ] = 8 * KIB
    attachment_bytes: Annotated[
        int, _whole("Largest attachment, sealed.", "bytes", at_least=64 * KIB, at_most=4 * GIB)
    ] = 64 * MIB
    resync_page: Annotated[
        int, _whole("Most ids on one page of a resync.", "ids", at_least=1, at_most=5000)
    ] = 500
    group_writes: Annotated[
        int, _whole("Most writes committed together.", "writes", at_least=1, at_most=4096)
    ] = 512
    peer_bytes_a_day: Annotated[
        int,
        _whole(
            "Bytes one peer may send in a day, and as many it may fetch.",
            "bytes",
            at_least=MIB,
            at_most=1024 * GIB,
        ),
    ] = 2 * GIB
    peer_open_threads: Annotated[
        int, _whole("Open threads of one peer.", "threads", at_least=1, at_most=1_000_000)
    ] = 10_000
    peer_connections: Annotated[
        int, _whole("Connections of one peer at once.", "connections", at_least=1, at_most=256)
    ] = 8
    peer_refusals_a_minute: Annotated[
        int,
        _whole("Signed refusals one peer gets a minute; then 429.", "", at_least=1, at_most=6000),
    ] = 120
    waiting_messages: Annotated[
        int,
        _whole("Messages of a peer that wait for parents.", "messages", at_least=0, at_most=10_000),
    ] = 1000
    waiting_days: Annotated[
        int, _whole("How long a message waits for its parents.", "days", at_least=1, at_most=365)
    ] = 30
    disk_reserve_bytes: Annotated[
        int, _whole("Free disk below which intake stops.", "bytes", at_least=0, at_most=1024 * GIB)
    ] = 512 * MIB
    handshake_seconds: Annotated[
        int, _whole("Time for a TLS handshake.", "seconds", at_least=1, at_most=120)
    ] = 10
    connect_seconds: Annotated[
        int, _whole("Time to reach a peer.", "seconds", at_least=1, at_most=120)
    ] = 10
    answer_seconds: Annotated[
        int, _whole("Time for a peer's whole answer.", "seconds", at_least=1, at_most=600)
    ] = 60
    body_seconds: Annotated[
        int, _whole("Time for a peer's whole request.", "seconds", at_least=1, at_most=600)
    ] = 60
    idle_seconds: Annotated[
        int, _whole("Time an idle connection is kept.", "seconds", at_least=1, at_most=3600)
    ] = 75
    drain_seconds: Annotated[
        int, _whole("Time to finish work when stopping.", "seconds", at_least=0, at_most=600)
    ] = 20


class Delivery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How what waits in the outbox reaches its peer."""

    lease_seconds: Annotated[
        int, _whole("Time a worker holds what it sends.", "seconds", at_least=5, at_most=3600)
    ] = 120
    backoff_base_seconds: Annotated[
        int, _whole("First wait after a failure; doubles.", "seconds", at_least=1, at_most=3600)
    ] = 2
    backoff_cap_seconds: Annotated[
        int, _whole("Longest wait between two tries.", "seconds", at_least=1, at_most=86400)
    ] = 3600
    give_up_days: Annotated[
        int, _whole("After this, a person decides what next.", "days", at_least=1, at_most=400)
    ] = 30
    breaker_failures: Annotated[
        int, _whole("Failures in a row that open a peer's breaker.", "", at_least=1, at_most=100)
    ] = 5
    collect_seconds: Annotated[
        int,
        _whole(
            "If this authority collects: visit each peer this often to fetch what waits.",
            "seconds",
            at_least=1,
            at_most=86400,
        ),
    ] = 30
    poll_seconds: Annotated[
        int, _whole("Look at the outbox this often unprompted.", "seconds", at_least=1, at_most=600)
    ] = 5


class Release(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may let a message leave the house."""

    policy: Annotated[
        Literal["two-persons", "one-with-reason"],
        _about(
            "`two-persons`: author and releaser differ; `one-with-reason`: one officer may release "
            "with a written reason, marked and put on the supervisor's review list."
        ),
    ] = "two-persons"


class Retention(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long settled cases are kept; nothing goes by itself."""

    days: Annotated[
        int,
        _whole(
            "A settled thread in which nothing moved for so long is listed as due to be purged.",
            "days",
            at_least=30,
            at_most=36_500,
        ),
    ] = 3_650


class Clocks(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What this node does by itself about targets: tell our own people, remind the other side."""

    tick_seconds: Annotated[
        int,
        _whole("Look for what is due at least this often.", "seconds", at_least=1, at_most=3600),
    ] = 60
    share_percent: Annotated[
        int,
        _whole(
            "A short clock is acted on sooner: the hours below count at most as this share of its "
            "own time (of `apart_hours`: at most as the whole).",
            "percent",
            at_least=1,
            at_most=100,
        ),
    ] = 25
    before_hours: Annotated[
        int,
        _whole("Before the end, our people are told.", "hours", at_least=1, at_most=2400),
    ] = 72
    after_hours: Annotated[
        int,
        _whole("After the end, they are told again.", "hours", at_least=1, at_most=2400),
    ] = 24
    reminders: Annotated[
        int,
        _whole(
            "Most reminders to the other side in one case, those of people included; at 0 the node "
            "sends none by itself.",
            "messages",
            at_least=0,
            at_most=20,
        ),
    ] = 3
    reminders_each: Annotated[
        int,
        _whole("Most reminders sent about one target.", "messages", at_least=0, at_most=20),
    ] = 2
    remind_hours: Annotated[
        int,
        _whole("After the end, the other side is reminded.", "hours", at_least=1, at_most=2400),
    ] = 24
    apart_hours: Annotated[
        int,
        _whole("From one reminder or enquiry to the next.", "hours", at_least=1, at_most=2400),
    ] = 168
    enquiries: Annotated[
        int,
        _whole(
            "Most progress enquiries in one case, those of people included; sent when the final "
            "answer is late; at 0 the node sends none by itself.",
            "messages",
            at_least=0,
            at_most=20,
        ),
    ] = 1


class Notices(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is told of what is late."""

    heads: Annotated[
        str,
        _about(
            "Names of the people an overdue case is brought to, with spaces between; empty: every "
            "supervisor."
        ),
    ] = ""


class Mail(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Letters to our own people. They carry references, never case content."""

    host: Annotated[
        str, _about("Name of the mail server; empty: no mail, notices stay in Tracer.")
    ] = ""
    port: Annotated[
        int,
        _whole("Its port; 0: 587, or 465 or 25 by `mail.tls`.", "", at_least=0, at_most=65535),
    ] = 0
    tls: Annotated[
        Literal["auto", "starttls", "implicit", "none"],
        _about(
            "`starttls` and `implicit` send nothing without encryption; `none` is for a server on "
            "this machine; `auto`: `none` on loopback, `starttls` everywhere else."
        ),
    ] = "auto"
    ca_file: Annotated[
        str,
        _about(
            "File of certificates that the server's must come from, relative to the data folder; "
            "empty: what the system trusts."
        ),
    ] = ""
    user: Annotated[str, _about("User to log in as; empty: no login.")] = ""
    password: Annotated[
        str,
        Meta(
            description="Reference to the user's password: `file:PATH`, `credential:NAME` or "
            "`env:NAME`.",
            extra={"unit": "", "form": KEPT_ELSEWHERE},
            pattern=r"^((file|credential|env):.+)?$",
        ),
    ] = ""
    sender: Annotated[str, _about("Address that letters come from.")] = ""
    digest_hour: Annotated[
        int,
        _whole("Hour of the day, local, from which digests go out.", "", at_least=0, at_most=23),
    ] = 7
    where: Annotated[
        str,
        _about("Where to look at a case, as letters say it; `{reference}` becomes the case's."),
    ] = ""
    give_up_hours: Annotated[
        int,
        _whole("After this a letter is not tried any more.", "hours", at_least=1, at_most=720),
    ] = 48


class Time(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Time from outside: a time-stamp authority's word that what we signed is no younger."""

    url: Annotated[
        str,
        Meta(
            description="Address of a time-stamp authority (RFC 3161); empty: none is asked.",
            extra={"unit": "", "form": "an address begins with https:// or http://"},
            pattern=r"^(https?://.+)?$",
        ),
    ] = ""
    roots: Annotated[
        str,
        _about(
            "File of the root certificates its tokens must come from, PEM, relative to the data "
            "folder."
        ),
    ] = "time-roots.pem"
    every_minutes: Annotated[
        int,
        _whole("Ask at most this often, if the log grew.", "minutes", at_least=1, at_most=10080),
    ] = 60
    late_hours: Annotated[
        int,
        _whole(
            "The operator is told when there was no answer for this long.",
            "hours",
            at_least=1,
            at_most=8760,
        ),
    ] = 24


class Witness(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often the witnesses we chose are shown our log, and when somebody is told they are late.

    Nothing waits for a witness: a receipt is valid at once.
    """

    every_seconds: Annotated[
        int,
        _whole(
            "From one head of our log that witnesses are shown to the next; peers may expect no "
            "more than one an hour.",
            "seconds",
            at_least=1,
            at_most=86400,
        ),
    ] = 3600
    late_hours: Annotated[
        int,
        _whole(
            "A record that the quorum of witnesses has not seen for so long is told to the "
            "operator.",
            "hours",
            at_least=1,
            at_most=2400,
        ),
    ] = 24


class Scanner(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scanner for malware on this machine that sees each file before anybody opens it."""

    socket: Annotated[
        str,
        Meta(
            description="UNIX socket of a clamd on this machine, e.g. `/run/clamav/clamd.ctl`; "
            "empty: files are not scanned.",
            extra={
                "unit": "",
                "form": "this is a path from / on, at most 107 characters",
            },
            pattern=r"^(/.{1,106})?$",
        ),
    ] = ""
    seconds: Annotated[
        int,
        _whole(
            "Time for one file; after it the file counts as not scanned.",
            "seconds",
            at_least=1,
            at_most=600,
        ),
    ] = 30


class Keyring(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the private keys lie and what opens them."""

    file: Annotated[str, _about("The encrypted keyring; relative to the data folder.")] = (
        "keyring.json"
    )
    kek: Annotated[
        str,
        Meta(
            description="Reference to the key that opens the keyring: `file:PATH`, "
            "`credential:NAME` (systemd) or `env:NAME`.",
            extra={"unit": "", "form": KEPT_ELSEWHERE},
            pattern=r"^(file|credential|env):.+$",
        ),
    ] = "file:keyring.kek"


class Log(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the operator's log says. It never holds case content or secrets."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], _about("Least level that is written.")
    ] = "info"
    format: Annotated[
        Literal["auto", "json", "console"],
        _about("`auto`: coloured lines on a terminal, JSON (ECS names) otherwise."),
    ] = "auto"


SECTIONS: dict[str, type[Struct]] = {
    "node": Node,
    "listen": Listen,
    "desk": Desk,
    "requests": Requests,
    "limits": Limits,
    "delivery": Delivery,
    "release": Release,
    "retention": Retention,
    "clocks": Clocks,
    "notices": Notices,
    "mail": Mail,
    "time": Time,
    "witness": Witness,
    "scanner": Scanner,
    "accounts": Accounts,
    "pace": Pace,
    "keyring": Keyring,
    "log": Log,
}
