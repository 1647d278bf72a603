"""The composition root: a data folder and a configuration become a working node.

`home` knows the paths, `setup` makes a new node, `rooms` builds every verb with what it uses,
`workers` keep queues moving, `serve` opens the ports and stops in order. Commands of people come
through `commands`, over the running node's socket (`control`) or in process under the store's lock
(`client`).

Rules: everything is built here and handed down; no other room constructs its collaborators. A
worker that crashes is logged and started again; its state is in the database, never in the worker.
"""
