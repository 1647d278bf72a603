"""A consistent copy of a node, made while it runs, and the folder that such a copy fills again.

    whole    create, verify, restore
    form     the manifest, and the only names that a backup may hold
    medium   a folder or one tar file, read and written as named streams

What it does not do: end the restore mode that a restored folder begins in (`node.restore`).
"""
