"""The composition root: a data folder and a configuration become a working node.

`home` knows the paths, `setup` makes a new node, `opening` opens keys and database, `building`
builds every verb with what it uses, `desk` the casework over it, `serve` opens the ports, starts
the workers and stops in order. What people ask comes through `control/` (the socket of a running
node, or in process under the store's lock) to `commands/`.

    built       home, setup, own (our entry), custody (our keys), gate, opening, building, rooms,
                desk
    served      serve, local, sdnotify, collector
    workers     workers/; journal (opened with the rooms, remembered outside)
    asked       control/, commands/, status/, check/ (everything that is held), rebuild
    saved       backup/
    restored    restore/

Rules: everything is built here and handed down; no other room constructs its collaborators. A
worker that crashes is logged and started again; its state is in the database, never in the worker.
"""
