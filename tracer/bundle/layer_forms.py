"""What a renewal puts around an old file, and how it is written. Pure.

    layer.json       every other file: kind, size, SHA-256; where renewed.zip stands under the root
    entry.json       whose log it is: that authority's entry
    log.json         the record of the root's digest, and its path to the checkpoint
    log.txt          that checkpoint
    renewed.zip      the old file, byte for byte: a bundle, or one with layers around it
    token.tsr        a time-stamp authority's answer over the root's text (`evidence.renewal`)

The zip is spelled like a bundle's. Either `token.tsr` is there, or the three of the log, or both.

Decisions:
    The old file stands inside whole. Rejected: layers beside the bundle in one zip; the old bytes
    would have to be taken apart and put together again to be believed.
    Nobody signs `layer.json`: whatever it says is recomputed or leads to what was stamped or
    recorded. Rejected: a signature over it, one more key that has to outlive the file.

What it does not do: judge layers (`layers`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from tracer.bundle.archive import packed
from tracer.bundle.forms import PROFILE, VERSION, Listed, Placed, written
from tracer.bundle.window import Measured, Window
from tracer.canonical import b64url, read_canonical
from tracer.evidence.merkle import MAX_PATH
from tracer.evidence.renewal import ALGORITHM, MAX_FILES, Planted
from tracer.model.text import Digest

LAYER: Final = "layer.json"
RENEWED: Final = "renewed.zip"
TOKEN: Final = "token.tsr"  # noqa: S105 - a time stamp
ENTRY: Final = "entry.json"
PROOF: Final = "log.json"
HEAD: Final = "log.txt"
KINDS: Final[Mapping[str, str]] = {
    ENTRY: "entry",
    HEAD: "checkpoint",
    PROOF: "proof",
    RENEWED: "renewed",
    TOKEN: "time-token",
}
"""The files of a layer."""
MAX_LAYER_BYTES: Final = 64 * 1024
MAX_LAYERS: Final = 64
"""Most layers around a bundle: one a year for as long as anybody is alive."""


class Layer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list of a layer; `root` and `path` are base64url."""

    algorithm: Annotated[str, Meta(max_length=20)]
    files: Annotated[tuple[Listed, ...], Meta(max_length=len(KINDS))]
    index: Annotated[int, Meta(ge=0, lt=MAX_FILES)]
    path: Annotated[tuple[Digest, ...], Meta(max_length=MAX_PATH)]
    profile: Annotated[str, Meta(max_length=20)]
    root: Digest
    size: Annotated[int, Meta(ge=1, le=MAX_FILES)]
    v: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What dates a root: the token, the place in a log, or both."""

    token: bytes = b""
    place: Placed | None = None
    note: str = ""
    """The checkpoint that `place` leads to."""
    entry: bytes = b""
    """The entry file that lists the keys of that log."""


def read_layer(data: bytes) -> Layer:
    """Read the list of a layer; ValueError for other bytes than canonical JSON of the form."""
    if len(data) > MAX_LAYER_BYTES:
        raise ValueError(f"a layer's list has at most {MAX_LAYER_BYTES} bytes")
    return msgspec.convert(read_canonical(data), Layer)


def write_layer(old: Measured, tree: Planted, index: int, around: Around) -> Window:
    """Put a layer around an old file.

    Args:
        old: The file.
        tree: Over the SHA-256 of all files that are renewed together.
        index: Of this one among them.
        around: What dates the root.

    Raises:
        TooLarge: with the layer it is larger than what is read.
    """
    files = {name: Measured.of(data) for name, data in _files(around)} | {RENEWED: old}
    listed = tuple(
        Listed(kind=KINDS[name], name=name, sha256=one.sums.sha256.hex(), size=one.sums.size)
        for name, one in sorted(files.items(), key=_name)
    )
    layer = Layer(
        algorithm=ALGORITHM,
        files=listed,
        index=index,
        path=tuple(map(b64url, tree.paths[index])),
        profile=PROFILE,
        root=b64url(tree.root),
        size=tree.size,
        v=VERSION,
    )
    return packed([(LAYER, Measured.of(written(layer))), *sorted(files.items(), key=_name)])


def _name(pair: tuple[str, object]) -> str:
    return pair[0]


def _files(around: Around) -> Sequence[tuple[str, bytes]]:
    files: list[tuple[str, bytes]] = []
    if around.token:
        files.append((TOKEN, around.token))
    if around.place is not None:
        files += [
            (ENTRY, around.entry),
            (PROOF, written(around.place)),
            (HEAD, around.note.encode()),
        ]
    return files
