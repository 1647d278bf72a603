"""A second, very small peer, written from `schemas/PROTOCOL.md` alone: chapter 24, step by step.

It imports nothing of the package it talks to, only a library of cryptography and the standard
library; what it cannot do is not needed to ask one question and take the answer. If a change of the
code breaks it, the specification was wrong or has changed.
"""
