"""Generators of the test vectors under `schemas/vectors`."""
