"""The benchmark: `python -m tests.bench` measures on this machine and writes bench.json.

Purpose: say how far a node is from what it could be. Every figure stands beside one measured in the
same run: the bare cryptography it cannot do without, one sync of this disk, or a stated target.

Rules
-----
1. Real parts only: SQLite with every commit synced, both logs, proofs, receipts, mutual TLS between
   two processes. Nothing is switched off to be fast.
2. Cost per message is processor time of all threads, not wall time: it hardly depends on what else
   the machine does. Rates and latencies do depend on it; run on a quiet machine.
3. A rate counts only after both databases were opened again: equal ids on both sides, a receipt for
   each, both logs' roots computed anew by the text of RFC 9162.
4. Nothing here fails on a figure; a person reads the ratios.

Modules: `measure` (clocks), `material` (the 2 KB request), `primitives` (floors), `stage` (nodes on
disk), `cost` (processor time and bytes per message), `flow` (rate and latency over two
`processes`: `tracer serve` and `sending`), `audit` (nothing was lost), `boot` (start and memory),
`line` (a bad line), `due` (finding what is due among few cases and many),
`figures` (the page of a peer with 100,000 requests), `pages` (the desk among 1,000 and 100,000
cases: `house` fills a node with copies of the requests of `courses`, in `bulk`; `readers` sign in
and load), `table` (print and write).

What it does not do: profile. `py-spy record -- python -m tests.bench --only cost` does.

Example:
    python -m tests.bench --quick --only cost
"""
