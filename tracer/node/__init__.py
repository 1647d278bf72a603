"""The composition root: a data folder and a configuration become a working node.

`home` knows the paths, `setup` makes a new node, `opening` opens keys and database, `building`
builds every verb with what it uses, `desk` the casework over it, `serve` opens the ports, starts
the workers and stops in order. What people ask comes through `control/` (the socket of a running
node, or in process under the store's lock) to `commands/`.

    built       home, setup, own (our entry), custody (our keys), gate, opening, building, rooms,
                desk
    served      serve, local, sdnotify
    workers     workers (a task for each peer), clocks, mail, stamping, journal, tidy, witnessing,
                restore_work
    asked       control/, commands/, status/, check/ (everything that is held), rebuild
    saved       backup, backup_form, backup_medium
    restored    restore_check, restore_view, restore_work, finish, succeed, from_keys

Rules: everything is built here and handed down; no other room constructs its collaborators. A
worker that crashes is logged and started again; its state is in the database, never in the worker.
"""
