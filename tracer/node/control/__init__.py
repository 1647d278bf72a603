"""Asking a node to do something, whether it runs or not, with the same answer either way.

    client     the one question: over the socket if the node runs, else in this process
    server     the counter of a running node: one errand for each connection of its socket
    inhouse    a node that does not run: its lock, its rooms, the command, closed again
    errands    the lines that travel over the socket
    sockets    the socket as a file, and who is at the other end

What it does not do: know what can be asked (`node.commands`), or who may ask it (`casework`).
"""
