"""Proofs that faults lose nothing and repeat nothing.

`audit` is the one judge: it holds two nodes against each other after every test. `pair` drives two
real nodes without workers, step by step, under one clock that is moved by hand; `node` is a real
second process under load; `proxy` is a bad line, `lines` an erring one at the level of messages.
`traps` reads the source for what persists, so that no step is left out.
"""
