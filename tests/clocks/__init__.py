"""Proofs that what is due is done, once, and in time.

`test_schedule` holds the pure schedule to its rules, `test_tick` and `test_reminding` the verb and
what policy sends, `test_steps` breaks each persistent step, `test_worker` runs the real worker.

`test_year` is a simulated year. `script` invents it from a seed: States with their calendars and
terms, requests with delays, questions, refusals, withdrawals, silence, and lines that are down for
days. `world` plays it through real nodes, without sockets, under one clock moved by hand, and
notes every act with its instant. `book` computes the same acts and how every clock stands from the
script alone, with its own arithmetic (`office`); it imports nothing of `tracer`.
"""
