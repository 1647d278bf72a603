"""The layers that renewals put around a bundle: each judged by itself, then the chain of them.

Of each layer, the innermost being the first: (1) its list and its files; (2) that the old file
stands under the root; (3) the time stamp over the root's text, under a root certificate that the
reader gave; (4) the record of its digest in a log, under that log's checkpoint. Then, from layer to
layer: it is not older than the one it goes around, and it was made before what that one relies on
ended, so that at no time the chain hung on nothing.

A time that is only said (no root certificate was given) counts for nothing here.

What it does not do: judge the bundle inside (`verify`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tracer.bundle.archive import ArchiveError, Unpacked, first_name, unpack
from tracer.bundle.contents import Contents
from tracer.bundle.entries import Pins, digits
from tracer.bundle.findings import Dated, Level, Notes, Renewed
from tracer.bundle.forms import MAX_FILE, PROFILE, VERSION, Placed
from tracer.bundle.layer_forms import (
    ENTRY,
    HEAD,
    KINDS,
    LAYER,
    MAX_LAYER_BYTES,
    MAX_LAYERS,
    PROOF,
    RENEWED,
    TOKEN,
    Layer,
    read_layer,
)
from tracer.bundle.outside import led, why
from tracer.bundle.window import Window
from tracer.canonical import read_canonical, unb64url
from tracer.clock import stamp
from tracer.errors import PeerError
from tracer.evidence.checkpoint import verify_checkpoint
from tracer.evidence.merkle import ProofError
from tracer.evidence.proof import check_proof
from tracer.evidence.record import Kind
from tracer.evidence.renewal import ALGORITHM, check_leaf, renewal_digest, renewal_text
from tracer.evidence.timestamp import TokenError, leading, read_token
from tracer.trust.entry import VerifiedEntry, fingerprint, verify_entry

SKEW: Final = timedelta(minutes=10)
"""How far two clocks may lie apart (chapter 22)."""
LOG_ALGORITHMS: Final = "SHA-256, Ed25519, ML-DSA-44"
_MEANING: Final = {
    ENTRY: "whose log dates the layer",
    HEAD: "the signed head that dates the layer",
    LAYER: "what the layer goes around",
    PROOF: "that the layer stands in a log",
    RENEWED: "the old file",
    TOKEN: "when the layer existed, by somebody from outside",
}


@dataclass(slots=True)
class Peeled:
    """A bundle without its layers."""

    bundle: Window | None
    """None where a layer is so damaged that nothing inside can be found."""
    layers: tuple[Renewed, ...] = ()
    known: frozenset[str] = frozenset()
    """Fingerprints (digits) and digests of entries that layers rest on."""


def peel(file: Window, pins: Pins, notes: Notes) -> Peeled:
    """Take the layers off a file and judge them, the oldest first.

    Args:
        file: A bundle, or one with layers around it.
        pins: What the reader knows.
        notes: Takes the findings.
    """
    opened: list[Unpacked] = []
    while first_name(file) == LAYER:
        depth = len(opened) + 1
        if depth > MAX_LAYERS:
            notes.wrong("zip", "", f"more than {MAX_LAYERS} layers are around it")
            return Peeled(None)
        try:
            found = unpack(file)
        except ArchiveError as error:
            notes.wrong("zip", "", f"layer {depth} from outside: {error.where}: {error.what}")
            return Peeled(None)
        opened.append(found)
        inner = {one.name: one.content for one in found.members}.get(RENEWED)
        if inner is None:
            notes.wrong("missing", RENEWED, f"layer {depth} from outside goes around no file")
            return Peeled(None)
        file = inner
    reader = _Reader(pins, notes)
    for number, layer in enumerate(reversed(opened), start=1):
        reader.read(number, layer)
    return Peeled(file, tuple(reader.layers), frozenset(reader.known))


def innermost(file: Window) -> Window:
    """The bundle in a file, without judging the layers around it.

    Raises:
        ArchiveError: a layer is no zip of this spelling, or goes around nothing.
    """
    for _ in range(MAX_LAYERS):
        if first_name(file) != LAYER:
            break
        inner = {one.name: one.content for one in unpack(file).members}.get(RENEWED)
        if inner is None:
            raise ArchiveError(RENEWED, "a layer goes around no file")
        file = inner
    return file


def first_layer(
    layers: tuple[Renewed, ...], exported: datetime, until: datetime, notes: Notes
) -> None:
    """Whether the first layer was made after the export, and while the exporter's key was in use.

    Args:
        layers: Those that hold.
        exported: When the bundle says it was made.
        until: End of use of the key that signed its list.
        notes: Takes the findings.
    """
    first = next((one for one in layers if one.number == 1 and one.dated), None)
    if first is None:
        return
    at = first.dated[0].at
    if at + SKEW < exported:
        words = f"layer 1 is older than the bundle inside, which was exported {stamp(exported)}"
        notes.wrong("layer-order", f"layer-1/{LAYER}", words)
    elif at > until:
        words = f"layer 1 was made after the use of the exporter's key had ended: {stamp(until)}"
        notes.say("open", words)
    else:
        words = "layer 1 was made while the exporter's key was in use, which ends"
        notes.say("proved", f"{words} {stamp(until)}")


@dataclass(slots=True)
class _Reader:
    """Reads layer after layer."""

    pins: Pins
    notes: Notes
    layers: list[Renewed] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    number: int = 0
    led: set[str] = field(default_factory=set)

    def read(self, number: int, opened: Unpacked) -> None:
        """Judge one layer."""
        self.number = number
        files = Contents({one.name: one.content for one in opened.members}, opened.sums)
        layer = self._list(opened, files)
        if layer is None:
            return
        text = self._under_root(layer, files)
        if text is None:
            return
        if TOKEN not in files and PROOF not in files:
            self._wrong("missing", LAYER, "nothing in it says when it was made")
            return
        found = [self._token(files, text), self._logged(files, text)]
        dated = sorted((one for one in found if one is not None), key=lambda one: one.at)
        one = Renewed(number=number, sha256=files.sums[RENEWED].sha256.hex(), dated=tuple(dated))
        for date in dated:
            words = f"layer {number}: all inside existed before {stamp(date.at)}, according to"
            end = "" if date.until is None else f"; its certificate ends {stamp(date.until)}"
            self._say("proved", f"{words} {date.by} ({date.algorithms}{end})", "")
        if self.layers and dated:
            self._after(self.layers[-1], dated[0])
        self.layers.append(one)

    def _list(self, opened: Unpacked, files: Contents) -> Layer | None:
        """The list of a layer, and that its files are those."""
        for name in opened.damaged:
            words = "its bytes do not have the checksum that the zip states"
            self._wrong("zip-checksum", name, words)
        names = [one.name for one in opened.members]
        if names != [LAYER, *sorted(set(names) - {LAYER})]:
            self._wrong("zip", "", "the files do not stand in the order of a layer")
        try:
            layer = read_layer(files.windows[LAYER].at(0, MAX_LAYER_BYTES + 1))
        except ValueError as error:
            self._wrong("manifest-form", LAYER, f"the list of files cannot be read: {error}")
            return None
        if (layer.v, layer.profile, layer.algorithm) != (VERSION, PROFILE, ALGORITHM):
            words = f"version {layer.v} of {layer.profile} with {layer.algorithm} is not known"
            self._wrong("version-unknown", LAYER, words)
            return None
        self._listed(layer, files)
        return layer

    def _listed(self, layer: Layer, files: Contents) -> None:
        listed = {one.name: one for one in layer.files}
        if [one.name for one in layer.files] != sorted(listed):
            self._wrong("manifest-form", LAYER, "files are listed in order and once")
        for name in sorted(set(files) - {LAYER, *listed}):
            self._wrong("unlisted", name, "the layer does not list it")
        for name, one in listed.items():
            sums = files.sums.get(name)
            if sums is None:
                self._wrong("missing", name, "the layer lists it and it is not there")
            elif (sums.size, sums.sha256.hex()) != (one.size, one.sha256):
                words = "it is not the file that the layer lists: its size or SHA-256 is another"
                self._wrong("digest", name, words)
            if one.kind != KINDS.get(name):
                self._wrong("manifest-form", LAYER, f"{name} is listed as {one.kind}")
            if sums is not None and name != RENEWED and sums.size > MAX_FILE:
                self._wrong("form", name, f"it is larger than any of its kind ({MAX_FILE} bytes)")

    def _under_root(self, layer: Layer, files: Contents) -> bytes | None:
        """The text of the root, if the old file stands under it."""
        digest = files.sums[RENEWED].sha256
        try:
            path, root = tuple(map(unb64url, layer.path)), unb64url(layer.root)
            check_leaf(digest, layer.index, layer.size, path, root)
        except (ProofError, ValueError) as error:
            self._wrong("proof-invalid", RENEWED, f"it does not stand under the root: {error}")
            return None
        if layer.size > 1:
            words = f"layer {self.number} was made for {layer.size} files at once; this is one"
            self._say("proved", words, LAYER)
        return renewal_text(root, layer.size)

    def _token(self, files: Contents, text: bytes) -> Dated | None:
        if TOKEN not in files or files.sums[TOKEN].size > MAX_FILE:
            return None
        data = files[TOKEN]
        try:
            said = read_token(data, text)
            token = leading(data, text, roots=self.pins.roots)
        except TokenError as error:
            self._wrong("time-token", TOKEN, f"it does not stamp this layer: {error}")
            return None
        if token is None:
            words = f"layer {self.number} is stamped {stamp(said.at)} in the name of"
            words = f"{words} {said.authority}; {why(self.pins.roots)}"
            self._say("open", words, TOKEN)
            return None
        words = led(token)
        if words not in self.led:
            self.led.add(words)
            self._say("trust", words, "")
        return Dated(
            at=token.at, by=token.authority, algorithms=token.algorithms, until=token.until
        )

    def _logged(self, files: Contents, text: bytes) -> Dated | None:
        names = {PROOF, HEAD, ENTRY}
        if not names & set(files):
            return None
        for name in sorted(names - set(files)):
            self._wrong("missing", name, "without it the layer's place in a log is not proved")
        if not names <= set(files) or any(files.sums[name].size > MAX_FILE for name in names):
            return None
        where = ENTRY
        try:
            entry = verify_entry(files[ENTRY])
            public = entry.entry.log.public()
            where = HEAD
            head = verify_checkpoint(files[HEAD].decode(), origin=public.origin, public=public)
            where = PROOF
            record = check_proof(
                _placed(files[PROOF], head.origin).proof(),
                head,
                kind=Kind.RENEWAL,
                id=renewal_digest(text),
                sender=entry.authority,
                recipient=entry.authority,
            )
        except (PeerError, ValueError) as error:
            code = error.code if isinstance(error, PeerError) else "form"
            self._wrong(code, where, f"the layer's place in a log does not hold: {error}")
            return None
        self._relied(entry)
        by = f"the log of {entry.authority} and its clock"
        at = max(record.at, head.at)
        return Dated(at=at, by=by, algorithms=LOG_ALGORITHMS, until=None)

    def _relied(self, entry: VerifiedEntry) -> None:
        """Whose log dates a layer: as of any other entry, the reader compares or knows."""
        shown = fingerprint(entry.jws)
        self.known |= {digits(shown), entry.digest}
        pinned = digits(shown) in self.pins.fingerprints or entry.digest in self.pins.digests
        how = "which you gave" if pinned else "compare it with what they say themselves"
        words = f"{entry.authority}, whose log dates layer {self.number}, is who has the"
        number = f"entry {entry.entry.seq} of {entry.entry.issued[:10]}"
        self._say("trust", f"{words} fingerprint {shown} ({number}), {how}", "")

    def _after(self, before: Renewed, date: Dated) -> None:
        """Whether this layer was made when the one before could still be verified."""
        if not before.dated:
            return
        if date.at + SKEW < before.dated[0].at:
            words = f"layer {self.number} is older than layer {before.number}, which it goes around"
            self._wrong("layer-order", LAYER, words)
            return
        ends = [one.until for one in before.dated]
        if None in ends:
            end = "the keys of a log have no end"
        else:
            last = max(one for one in ends if one is not None)
            end = f"its certificate ends {stamp(last)}"
            if date.at > last:
                words = f"layer {self.number} was made after what layer {before.number} relies on"
                self._say("open", f"{words} had ended: {end}", "")
                return
        words = f"layer {self.number} was made while layer {before.number} held: {end}"
        self._say("proved", words, "")

    def _say(self, level: Level, words: str, name: str) -> None:
        self.notes.say(level, words, self._where(name))

    def _wrong(self, code: str, name: str, words: str) -> None:
        meaning = _MEANING.get(name)
        told = f"{words} (this file: {meaning})" if meaning else words
        self.notes.wrong(code, self._where(name), told)

    def _where(self, name: str) -> str:
        return f"layer-{self.number}/{name}" if name else ""


def _placed(data: bytes, origin: str) -> Placed:
    """A record with its path, in the log of this origin."""
    placed = msgspec.convert(read_canonical(data), Placed)
    if placed.origin != origin:
        raise PeerError("proof-invalid", "it leads to a head of another log")
    return placed
