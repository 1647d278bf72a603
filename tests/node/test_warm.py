"""Threads that decode a form for the first time at one moment: the process lives."""

from __future__ import annotations

import subprocess
import sys

from msgspec import Struct

import tracer.node.serve  # noqa: F401 - all that a node loads
from tracer.node.warm import learn_forms

AT_ONCE = """
import sys, threading
import msgspec
from tests.examples import EXAMPLES
from tracer.node.warm import learn_forms
plain = [(msgspec.to_builtins(one), type(one)) for one in EXAMPLES.values()]
if "cold" not in sys.argv:
    learn_forms()
sys.setswitchinterval(1e-7)
begin = threading.Barrier(8)
def decode():
    begin.wait()
    for value, form in plain:
        msgspec.convert(value, form)
threads = [threading.Thread(target=decode) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
print("alive")
"""


def at_once(*words: str) -> str:
    """What a process says that decodes in many threads at once."""
    done = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", AT_ONCE, *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test_many_threads_decode_at_once_in_a_process_that_has_just_started() -> None:
    assert at_once() == "alive"


def test_all_forms_of_a_node_are_learnt() -> None:
    forms = {one for one in _below(Struct) if one.__module__.startswith("tracer.")}
    assert learn_forms() >= len(forms) > 200


def _below(form: type[Struct]) -> set[type[Struct]]:
    return {one for child in form.__subclasses__() for one in {child, *_below(child)}}
