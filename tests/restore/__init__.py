"""Restore to its end: succession, the way back, erasure and purge."""
