"""The annex of the report: what no judge reads, and what an expert compares with the files.

The id of every message, the digests of the files that travel with it, and the codes that the words
of the report stand for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from msgspec import Struct

from tracer.bundle.findings import Told
from tracer.model.codes import Code, label


def annex(messages: Sequence[Told]) -> Iterator[str]:
    """Three tables; of files and codes only if there are any."""
    yield _table("Messages", ("Message", "Id"), ((str(one.number), one.id) for one in messages))
    yield _table(
        "Files (SHA-256, base64url)",
        ("Message", "File", "Digest", "Digest as encrypted", "Bytes as encrypted"),
        (
            (str(one.number), str(file.n), file.digest, file.cipher_digest, str(file.cipher_size))
            for one in messages
            for file in getattr(one.message, "attachments", ())
        ),
    )
    yield _table(
        "Codes that the words above stand for",
        ("In words", "Code", "List", "Version"),
        sorted({_told(code) for one in messages for code in _codes(one.message)}),
    )


def _told(code: Code) -> tuple[str, str, str, str]:
    return label(code), code.value, code.list, str(code.version)


def _codes(value: Any) -> Iterator[Code]:
    """Every code in a message."""
    if isinstance(value, Code):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _codes(one)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _codes(getattr(value, name))


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    if not body:
        return ""
    return f"<h3>{caption}</h3><table><tr>{_cells('th', heads)}</tr>{body}</table>\n"


def _cells(name: str, texts: Sequence[str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for text in texts)
