"""The evidence bundle: its bytes, its verifier, and what is done to it."""
