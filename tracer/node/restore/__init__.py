"""From a restored folder to a node that goes on.

    check       at the start: does anybody know more of our log than this copy
    view        what is missing and what a person can do, for `tracer restore show`
    finish      nothing is missing: restore mode ends
    succeed     something is: the log is closed for ever, its successor opened
    from_keys   everything is lost but the keyring and the entry
    witness_key a new name to cosign under: what the old one has signed may be forgotten

What was lost comes back through `workers.restoring`, peer by peer.
"""
