"""The command line: operators' and scripts' commands, one file per noun.

Rules:
    1. `main.COMMANDS` is the static table of nouns. A noun's module `tracer.cli.nouns.<noun>`
       offers a click command or group named `command`; it is imported only when it is invoked, and
       it imports heavy rooms inside its functions, so that `--version` and `--help` stay instant.
    2. Data goes to standard output (`output.show`), everything else to standard error.
    3. Commands raise `TracerError`; `exits` maps it to an exit code and a sentence, nowhere else.
    4. Commands check nothing about roles or cases: they call casework, which does.

Beside the nouns: `context` (the options before the noun), `asking` (the node is asked), `output`,
`page` and `words` (what people see), `papers` (drafts), `cases` (lists of cases), `checking` (what
a check found), `calling` (how a command is typed here), `files` (what a person saves
somewhere), `particulars` (the details of an act), `verbs` (a noun with its commands), `exits`.

What it does not do: keep state, or decide anything that the web would decide differently.

Example (a noun's file):
    @click.command
    @pass_globals
    def command(common: Globals) -> None:
        show([{"peer": "XB-NPOC"}], common.output)
"""
