"""Letters to our own people, against a real mail server on loopback."""
