"""The verifier of a bundle: its bytes in, a verdict out; no clock, disk, network or settings.

The steps, each over the whole file:

0. the layers that renewals put around it, which are taken off (`layers`);
1. the zip: the one spelling, no damaged content;
2. the manifest: strict form, every file listed with its size and digest, none more, none less;
3. the entries: whose keys, in which chains, and what the reader pinned;
4. the exporter's signature over the manifest;
5. the checkpoints by the keys of their logs, and the history they stand in;
6. what witnesses and time-stamp authorities say of these (`outside`);
7. the messages with their proofs, keys, files (`thread`);
8. terms and agreements that messages name;
9. what is not evidence, or not judged here, by name.

What does not hold is named and the check goes on, as far as what follows can still be read.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

import msgspec

from tracer.bundle.archive import ArchiveError, Unpacked, unpack
from tracer.bundle.contents import Contents
from tracer.bundle.entries import Book, Pins, read_entries
from tracer.bundle.findings import Notes, Renewed, Told, Verdict
from tracer.bundle.forms import (
    LARGE,
    MANIFEST,
    MANIFEST_TYP,
    MAX_FILE,
    PROFILE,
    SIGNATURE,
    VERSION,
    Manifest,
    claim,
    kind_of,
    read_manifest,
)
from tracer.bundle.layers import first_layer, peel
from tracer.bundle.logs import read_checkpoints, read_histories
from tracer.bundle.outside import Outside, read_outside
from tracer.bundle.thread import Thread, named_terms
from tracer.bundle.window import Window
from tracer.canonical import b64url, canonical_json, read_canonical
from tracer.clock import instant
from tracer.envelope.jws import claimed_key, read_object, verify_object
from tracer.errors import PeerError
from tracer.model.terms import Terms, check_terms
from tracer.trust.agreement import verify_agreement
from tracer.trust.nouns import EntryKey, check_lines


class Bundle(NamedTuple):
    """What was read of a bundle."""

    manifest: Manifest
    book: Book
    outside: Outside
    told: tuple[Told, ...]


def verify_bundle(file: bytes | Window, *, pins: Pins | None = None) -> Verdict:
    """Check a bundle and say, step by step, what is proved and on what it rests.

    Args:
        file: The whole file; a window is read piece by piece, several times.
        pins: Entries and roots that the reader knows; without them the fingerprints are there to
            compare.
    """
    notes, given = Notes(), pins or Pins()
    window = file if isinstance(file, Window) else Window.of(file)
    whole = window.sums().sha256.hex()
    peeled = peel(window, given, notes)
    known = replace(given, elsewhere=peeled.known)
    found = None if peeled.bundle is None else _bundle(peeled.bundle, known, peeled.layers, notes)
    if found is None:
        return Verdict(
            sha256=whole,
            manifest=None,
            identities=(),
            messages=(),
            layers=peeled.layers,
            findings=tuple(notes.found),
        )
    manifest, book, outside, told = found
    return Verdict(
        sha256=whole,
        layers=peeled.layers,
        manifest=manifest,
        identities=book.identities,
        witnesses=outside.vouched,
        messages=told,
        findings=tuple(notes.found),
    )


def _bundle(file: Window, pins: Pins, layers: tuple[Renewed, ...], notes: Notes) -> Bundle | None:
    """The steps; None for what is no bundle, or none of a version that is known."""
    try:
        unpacked = unpack(file)  # 1
    except ArchiveError as error:
        notes.wrong("zip", "", f"{error.where}: {error.what}")
        return None
    files = _contents(unpacked, notes)
    manifest = _manifest(unpacked, files, notes)  # 2
    if manifest is None:
        return None
    parties = {manifest.authority, manifest.peer}
    book = read_entries(files.folder("entries"), parties, pins, notes)  # 3
    key = _signature(files, manifest, book, notes)  # 4
    if key is not None:
        first_layer(layers, instant(manifest.at), key.term().sign_until, notes)
    heads = read_checkpoints(_notes_of(files), book.logs, notes)  # 5
    histories = read_histories(files.folder("consistency"), heads, notes)
    outside = read_outside(files, book, histories, pins.roots, notes)  # 6
    told = Thread(files, manifest, book, heads, outside, notes).check()  # 7
    _terms(files, manifest, told, book, notes)  # 8
    _rest(manifest, notes)  # 9
    _limits(outside, layers, notes)
    return Bundle(manifest, book, outside, told)


def _contents(unpacked: Unpacked, notes: Notes) -> Contents:
    """The files, without those that are larger than any of their kind."""
    files = Contents({one.name: one.content for one in unpacked.members}, unpacked.sums)
    over = set()
    for name, sums in unpacked.sums.items():
        small = name in {MANIFEST, SIGNATURE} or kind_of(name) not in LARGE
        if small and sums.size > MAX_FILE:
            notes.wrong("form", name, f"it is larger than any of its kind ({MAX_FILE} bytes)")
            over.add(name)
    return files.without(frozenset(over))


def _notes_of(files: Contents) -> Contents:
    """Whatever holds a signed head."""
    windows = dict(files.folder("checkpoints").windows)
    for folder in ("cosigned", "tokens"):
        windows |= files.folder(folder).windows
    return Contents(windows)


def _manifest(unpacked: Unpacked, files: Contents, notes: Notes) -> Manifest | None:
    for name in unpacked.damaged:
        notes.wrong("zip-checksum", name, "its bytes do not have the checksum that the zip states")
    order = [one.name for one in unpacked.members]
    rest = sorted(set(order) - {MANIFEST, SIGNATURE})
    if order != [MANIFEST, SIGNATURE, *rest]:
        notes.wrong("zip", "", "the files do not stand in the order of a bundle, manifest first")
    try:
        manifest = read_manifest(files.get(MANIFEST, b""))
        check_lines(msgspec.to_builtins(manifest))
        instant(manifest.at)
    except (ValueError, msgspec.ValidationError) as error:
        notes.wrong("manifest-form", MANIFEST, f"the list of files cannot be read: {error}")
        return None
    if (manifest.v, manifest.profile) != (VERSION, PROFILE):
        words = f"version {manifest.v} of {manifest.profile} is not known to this verifier"
        notes.wrong("version-unknown", MANIFEST, words)
        return None
    _listed(manifest, files, notes)
    return manifest


def _listed(manifest: Manifest, files: Contents, notes: Notes) -> None:
    """Every file is listed once, as what it is, with its bytes."""
    names = [one.name for one in manifest.files]
    if names != sorted(set(names)) or manifest.authority == manifest.peer:
        notes.wrong("manifest-form", MANIFEST, "files are listed in order and once, parties differ")
    for name in sorted(files.keys() - {MANIFEST, SIGNATURE, *names}):
        notes.wrong("unlisted", name, "the manifest does not list it")
    sound = 0
    for one in manifest.files:
        sums = files.sums.get(one.name)
        if sums is None:
            notes.wrong("missing", one.name, "the manifest lists it and it is not there")
        elif (sums.size, sums.sha256.hex()) != (one.size, one.sha256):
            words = "it is not the file that the manifest lists: its size or SHA-256 is another"
            notes.wrong("digest", one.name, words)
        else:
            sound += 1
        known = kind_of(one.name)
        if known and known != one.kind:
            notes.wrong("manifest-form", MANIFEST, f"{one.name} is listed as {one.kind}")
    if sound == len(manifest.files):
        notes.say("proved", f"all {sound} files are those that the manifest lists")


def _signature(files: Contents, manifest: Manifest, book: Book, notes: Notes) -> EntryKey | None:
    """Whether the exporter signed the list; the key, if it did."""
    keys = {
        kid: one.key for kid, one in book.signers.items() if one.authority == manifest.authority
    }
    try:
        token = files.get(SIGNATURE, b"").decode("ascii")
        kid, said = verify_object(token, typ=MANIFEST_TYP, keys=keys)
    except (PeerError, UnicodeDecodeError) as error:
        code = error.code if isinstance(error, PeerError) else "jws-form"
        notes.wrong(code, SIGNATURE, f"{manifest.authority} did not sign this list: {error}")
        if not _is_of(files):
            words = "what is signed beside it is another list of files than this one"
            notes.wrong("manifest-signature", MANIFEST, words)
        return None
    if canonical_json(said) != canonical_json(claim(files[MANIFEST], manifest.at)):
        words = f"{manifest.authority} signed another list of files than this one"
        notes.wrong("manifest-signature", MANIFEST, words)
        return None
    listed = book.signers[kid].listed
    term = listed.term()
    at = instant(manifest.at)
    if not term.in_use(at):
        notes.wrong("key-expired", SIGNATURE, "the key that signed the list was not in use")
    elif term.revoked_from is not None:
        words = f"the key that signed the list is revoked from {term.revoked_from.isoformat()} on"
        notes.wrong("key-revoked", SIGNATURE, words)
    else:
        words = f"{manifest.authority} exported this file and signed its list of files"
        notes.say("proved", words, SIGNATURE)
        notes.say("claimed", f"the export was made at {manifest.at}, by their clock", MANIFEST)
    return listed


def _is_of(files: Contents) -> bool:
    """Whether the signature, which does not verify, at least speaks of this list of files.

    A changed name of the exporter is a fault of the list: nobody of that name signed it.
    """
    try:
        _, body = claimed_key(files.get(SIGNATURE, b"").decode("ascii"), typ=MANIFEST_TYP)
        said = read_object(body)
    except (PeerError, UnicodeDecodeError):
        return True
    return said.get("manifest") == b64url(sha256(files[MANIFEST]).digest())


def _terms(
    files: Contents, manifest: Manifest, told: tuple[Told, ...], book: Book, notes: Notes
) -> None:
    held: dict[str, str] = {}
    for name, data in files.folder("terms").items():
        try:
            check_terms(msgspec.convert(read_canonical(data), Terms))
            held[b64url(sha256(data).digest())] = name
        except ValueError as error:
            notes.wrong("terms-form", name, f"not terms: {error}")
    used = set()
    for number, digest in named_terms(told):
        used.add(digest)
        if digest in held:
            words = f"message {number} was written under these terms"
            notes.say("proved", words, held[digest])
        else:
            words = (
                f"the terms {digest} that message {number} names are not in the file, or changed"
            )
            notes.say("open", words)
    whole = len(told) == len(files.folder("messages"))
    for digest, name in held.items():
        if digest not in used and whole:
            notes.wrong("terms-form", name, "no message in the file names these terms")
    for name, data in files.folder("agreements").items():
        _agreement(name, data, manifest, book, notes)


def _agreement(name: str, data: bytes, manifest: Manifest, book: Book, notes: Notes) -> None:
    parties = {
        who: {k: one.listed for k, one in book.signers.items() if one.authority == who}
        for who in (manifest.authority, manifest.peer)
    }
    try:
        found = verify_agreement(data, parties=parties, now=instant(manifest.at))
    except PeerError as error:
        if error.code in {"key-revoked", "key-expired", "signing-key"}:
            notes.say("open", f"agreed terms that cannot be judged here: {error.message}", name)
        else:
            notes.wrong(error.code, name, error.message)
        return
    notes.say("proved", f"both authorities agreed on the terms {found.digest}", name)


def _rest(manifest: Manifest, notes: Notes) -> None:
    """What is no evidence, or of a kind that is not judged here."""
    for one in manifest.files:
        if one.kind in {"report", "readme"}:
            words = "an explanation by the exporter, made from the messages: not evidence"
            notes.say("claimed", words, one.name)
        elif not kind_of(one.name):
            words = f"not judged: this verifier does not know how to judge a {one.kind}"
            notes.say("unjudged", words, one.name)
    for gap in manifest.left_out:
        subject = f" of message {gap.message}" if gap.message else ""
        name = f" {gap.name}" if gap.name else ""
        notes.say("claimed", f"left out: {gap.what}{name}{subject} ({gap.why})", MANIFEST)


def _limits(outside: Outside, layers: tuple[Renewed, ...], notes: Notes) -> None:
    """What no file of this kind can prove."""
    said = (*outside.witnessed.values(), *outside.stamped.values())
    if not any(said) and not any(one.until for layer in layers for one in layer.dated):
        words = "no time from outside: all times are those of the two authorities' own clocks"
        notes.say("open", words)
    words = "that no later message exists: a gap shows only in what a message here follows"
    notes.say("open", words)
