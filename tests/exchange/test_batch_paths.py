"""A line of a batch is read by the quick reader exactly as by the obvious one."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracer.errors import PeerError
from tracer.exchange.batch import Head, Sealed, read_batch, read_lines, write

HEAD = Head(profile="tracer-1", checkpoint=None, consistency=None)
LINE = '{"jwe":"eyJhbGciOiJIUEtF.AA.AA.AA.AA"}'
PIECES = st.sampled_from(
    ('"', "\\", "\\u0061", '\\"', ",", "{", "}", " ", "\x00", "\x7f", "é", "\ud800", "1", "null")
)
TOKENS = st.sampled_from(("{", "}", '"jwe"', '"jwe":"a"', '"x":1', ":", ",", '"a"', " ", "{}"))


def _batch(line: str) -> bytes:
    return write(HEAD, ()) + line.encode("utf-8", "surrogatepass") + b"\n"


def _plainly(body: bytes) -> object:
    try:
        return read_lines(body, Sealed, limit=1)[1]
    except PeerError as error:
        return error.code


def _quickly(body: bytes) -> object:
    try:
        return read_batch(body, limit=1).messages
    except PeerError as error:
        return error.code


@given(PIECES, st.integers(0, len(LINE)), st.integers(0, 12))
@settings(max_examples=300)
@example("", 0, 0)
def test_a_line_with_a_piece_put_in_is_read_alike(piece: str, start: int, cut: int) -> None:
    body = _batch(LINE[:start] + piece + LINE[start + cut :])
    assert _quickly(body) == _plainly(body)


@given(st.lists(TOKENS, max_size=6).map("".join) | st.text(max_size=12))
@example('{"jwe":"a","jwe":"a"}')
@example('{"jwe":"a","jwe":"b"}')
@example('{"jwe":"\\u0061"}')
@example('{ "jwe":"a"}')
def test_a_line_of_anything_is_read_alike(text: str) -> None:
    body = _batch(text.replace("\n", " "))
    assert _quickly(body) == _plainly(body)


@given(st.text(max_size=12))
def test_what_is_written_is_read(text: str) -> None:
    body = write(HEAD, (Sealed(text),))
    assert _quickly(body) == _plainly(body) == (Sealed(text),)
