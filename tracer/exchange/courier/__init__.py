"""What two nodes say on the line, as sealed files that anybody may carry.

    form      the file: a seal, a signed manifest, items; written and read piece by piece
    gather    what waits for a peer, from one read of the store
    spread    what is in which file, none above the limit
    pack      the verb out: gather, prove, seal, spread, sign, note, write
    look      the checks of a file that came, to its end; nothing is written, nothing believed
    take      the verb in: look, then what its batches and answers do on the line
    disk      a file that is written whole or not at all
    schema    the JSON Schema of the manifest and the state, generated from `form`

Rules:
    A file holds the objects of the line (`batch`): what is taken in passes `receive` and `settle`,
    and there is no second way into the record.
    Nothing is written before a file was read to its end and every digest in it was right.
    A message is in every file until its receipt is here: files get lost and come in any order.

What it does not do: decide who may pack or take in (`casework.courier`), or reach the medium that
is carried (`cli`).
"""
