"""What nodes say to each other, and the pure rules about it.

`messages` holds the 28 message types as frozen Structs, built from the field groups in `firearm`,
`values`, `chain` and `attachments`, with identifiers in `ids`, bounded text in `text` and code
lists in `codes`. `wire` splits a message into its clear part and its disclosable groups and joins
them again, strictly; `dates` and `lines` read what stands in a message. `tables` looks up
countries, makes, models and calibres. `schema` writes the JSON Schemas from which a stranger can
build a node.

Rules:
    - Structure is closed, vocabulary is open: an unknown field is refused, an unknown code is kept.
    - Persons, places and free words stand in disclosable groups only; codes and marks stand in the
      clear part, so that withholding or erasing a group leaves a message that still verifies.
    - The structural minimum is required; completeness is judged before sending, by the linter.
    - Text is kept as marked. Normal forms and codes stand beside it and never replace it.

What it does not do: any input or output, cryptography, or asking for the time (`now` is always an
argument). It imports msgspec, the standard library and the floor.
"""
