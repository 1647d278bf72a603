"""The exercise: authorities that exist on this machine only, for people to practise with.

`tracer exercise` makes one node for those who learn and a few for authorities that answer by
themselves, each in its own way: one answers at once, one asks first, one postpones, one refuses,
one stays silent until it is reminded. They also ask. Every node is a real one, with its own
process, keys and log: what is practised is what is done later.

Rules
-----
1. Nothing of it can be taken for a real case: the States are of the codes XA to XZ, which ISO 3166
   leaves to users; every message is marked as a test; a node with `node.exercise` believes no other
   authority's entry and says on every page what it is.
2. A temper (`temper`) decides from what a case awaits, as a person would, and is pure.
3. An authority acts through its control socket with two people, like any other.
4. An exercise goes on where it stopped: the folder is all there is.

`temper` decides, `papers` holds what they write, `ground` makes the folder and its nodes, `player`
lets one authority act, `run` keeps it going.

What it does not do: judge the learners, or pretend that time passes faster than it does; a target
of days is a target of days.
"""
