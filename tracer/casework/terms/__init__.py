"""Terms: what we promise, what others promise us, and what two authorities agreed on.

    work     the acts of people: propose, sign, offer, take
    paper    terms as a person writes them in a file, and back
    views    terms as they are shown, with what differs between two of them

What it does not do: compute deadlines (`model.clocks`), or issue the entry that states new terms
(`node.custody`).
"""
