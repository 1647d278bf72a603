"""Tracer: an exchange for international firearms tracing requests.

Each State's competent national authority runs one node. Nodes send each other signed, sealed,
structured tracing requests and answers, directly. The rooms of the package, from the street
inwards, are `cli`, `node`, `web`, `casework`, `exchange`, `store` and `transport`, `trust`,
`evidence`, `envelope` and `model`; imports go down that list only.
"""

__version__ = "0.1.0"
