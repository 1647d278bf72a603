"""Tests of the envelope room."""
