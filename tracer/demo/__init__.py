"""To be described by the room itself."""
