"""The nouns of the command line, one file each: `tracer NOUN VERB`.

Each module offers a click command or group named `command`; `cli.main.COMMANDS` is their table, and
a module is imported only when its noun is used. `thread_disposal` holds verbs of `thread`.

What a noun's file does: take arguments, ask the node (`cli.asking`), show the answer (`cli.output`,
`cli.page`). It decides nothing and checks no roles.
"""
