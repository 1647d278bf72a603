"""Extracting what is said on pages, and keeping the catalogues up to it: `make catalogues`.

Everything translatable comes from five sources: templates, the Python of this room and of the
pictures (`N_`), labels of code lists (context: the name of the list), names of fields of messages
(context: `field`), and sentences of casework: how the node is (`casework.condition`), why a message
may not go on (`casework.papers.handling`), what the details of acts are called
(`casework.particulars`), and what each setting means (contexts: `setting`, `unit`).
`update` writes them into each `locale/*.po`, keeps what is translated, drops what is no longer
said, and guesses nothing: a changed English text is a new one.

A catalogue's first comment names its reviewer. Labels that are terms of law are taken from the term
file of the language, where it has them (`law`). Where a text stands is not written down, and all
are in order of their English, so that two people's additions seldom meet in one line; where they
do, take both and run it again.

    python -m tracer.web.ui.catalogue
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from tracer.casework.condition import ADVICE, SENTENCES
from tracer.casework.papers import handling
from tracer.casework.particulars import NAMES, OF_ACT, OF_CONTACT, VALUES
from tracer.config import Config
from tracer.model import naming
from tracer.model.codes import LISTS, label
from tracer.web.ui import details, law
from tracer.web.ui.texts import LANGUAGES, SOURCE, catalogue

ROOM: Final = Path(__file__).parent
PICTURES: Final = ROOM.parent / "pictures"
_KEYWORDS: Final = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_OPTIONS: Final = {
    "newstyle_gettext": "true",
    "trimmed": "false",
    "silent": "false",
    "extensions": "jinja2.ext.do",
}


SETTING: Final = "setting"
"""Context of what a setting means."""
UNIT: Final = "unit"
HEADER: Final = "# The words of the desk.\n# Reviewed by: nobody yet"
"""First lines of a new catalogue; whoever reviewed one writes their name there."""
BEGAN: Final = datetime(2026, 11, 26, tzinfo=UTC)
"""Stands in every catalogue, so that a file changes only with its texts."""


class Said(NamedTuple):
    """One text: its English, its plural (empty: none), its context (empty: none), where it is."""

    text: str
    plural: str
    context: str
    place: str


@cache
def sources() -> Mapping[tuple[str, str], Said]:
    """Everything that can be said, by context and English text, in a stable order; read once."""
    found: dict[tuple[str, str], Said] = {}
    for one in (*_templates(), *_python(), *_labels(), *_fields(), *_conditions(), *_details()):
        key = (one.context, one.text)
        held = found.get(key)
        if held is not None:
            one = held._replace(plural=held.plural or one.plural)  # noqa: PLW2901
        found[key] = one
    return found


def updated(code: str) -> Catalog:
    """The catalogue of a language with all that is said now, translations kept."""
    before = catalogue(code)
    after = Catalog(
        locale=code,
        project="Tracer",
        version="desk",
        charset="utf-8",
        header_comment=_reviewed(before),
        msgid_bugs_address="none",
        last_translator="nobody yet",
        language_team="none",
        fuzzy=False,
        creation_date=BEGAN,
        revision_date=BEGAN,
    )
    for one in sorted(sources().values()):
        msgid = (one.text, one.plural) if one.plural else one.text
        held = before.get(one.text, one.context or None)
        fits = held is not None and held.pluralizable == bool(one.plural)
        term = law.terms(code).get((one.context, one.text)) if one.context else None
        after.add(
            msgid,
            string=term.said if term else held.string if held is not None and fits else None,
            flags=held.flags - {"fuzzy"} if held is not None and fits and held.string else (),
            context=one.context or None,
        )
    return after


def _reviewed(before: Catalog) -> str:
    """The first lines of a catalogue as somebody wrote them."""
    return before.header_comment if "Reviewed by" in before.header_comment else HEADER


def written(code: str) -> bytes:
    """The same as the bytes of its file."""
    out = BytesIO()
    write_po(out, updated(code), width=100, no_location=True)
    return out.getvalue()


def missing(code: str) -> list[str]:
    """What a language does not say yet."""
    held = catalogue(code)
    gaps = []
    for one in sources().values():
        message = held.get(one.text, one.context or None)
        strings = message.string if message is not None else ""
        if not strings or (isinstance(strings, tuple | list) and not all(strings)):
            gaps.append(one.text)
    return gaps


def main() -> int:
    """Write every catalogue anew; say how many texts each lacks."""
    for one in LANGUAGES:
        if one.code != SOURCE:
            (ROOM / "locale").mkdir(exist_ok=True)
            (ROOM / "locale" / f"{one.code}.po").write_bytes(written(one.code))
            print(f"{one.code}: {len(missing(one.code))} texts to translate")  # noqa: T201
    return 0


def _templates() -> Iterator[Said]:
    for path in sorted((ROOM / "templates").rglob("*.html")):
        with path.open("rb") as file:
            for _, function, found, _ in babel_extract(file, tuple(_KEYWORDS), (), _OPTIONS):
                yield from _said(function or "_", found, f"templates/{path.name}")


def _python() -> Iterator[Said]:
    for path in sorted([*ROOM.rglob("*.py"), *PICTURES.rglob("*.py")]):
        if path == Path(__file__):
            continue
        with path.open("rb") as file:
            for _, found, _, context in extract("python", file, keywords=_KEYWORDS):
                many = found if isinstance(found, tuple) else (found, "")
                yield Said(many[0], many[1], context or "", str(path.relative_to(ROOM.parent)))


def _said(function: str, found: object, place: str) -> Iterator[Said]:
    texts = [one for one in (found if isinstance(found, tuple) else (found,)) if one is not None]
    context = str(texts.pop(0)) if function in {"pgettext", "npgettext"} else ""
    if texts:
        plural = str(texts[1]) if function.startswith("n") and len(texts) > 1 else ""
        yield Said(str(texts[0]), plural, context, place)


def _labels() -> Iterator[Said]:
    for name, every in sorted(LISTS.items()):
        for member in every:
            yield Said(label(member), "", name, "codes")


def _fields() -> Iterator[Said]:
    for name in (*details.names(), "attachment_keys", "yes"):
        yield Said(naming.label_of(name), "", details.CONTEXT, "fields")
    for words in (*naming.ONE.values(), *naming.OWN.values()):
        yield Said(words, "", details.CONTEXT, "fields")


def _conditions() -> Iterator[Said]:
    """How the node is, what to do then, why a message may not go on; settings, and their units."""
    for one in SENTENCES.values():
        text, plural = (one, "") if isinstance(one, str) else one
        yield Said(text, plural, "", "condition")
    for advice in (*ADVICE.values(), *handling.SENTENCES.values()):
        yield Said(advice, "", "", "casework")
    for setting in Config().describe():
        yield Said(setting.text, "", SETTING, "config")
        if setting.unit:
            yield Said(setting.unit, "", UNIT, "config")


def _details() -> Iterator[Said]:
    """What the details of acts are called, and what their values mean."""
    tables = (NAMES.values(), OF_ACT.values(), *(one.values() for one in VALUES.values()))
    for text in chain(OF_CONTACT.values(), *tables):
        yield Said(text, "", "", "particulars")


if __name__ == "__main__":
    sys.exit(main())
