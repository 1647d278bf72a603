"""A case as a file for a court: gathered from the store, checked, told in words, put on record.

    export       the act of a person, step by step
    gathering    what a bundle is made of, from one read of the store
    confirmations  who else confirms it: witnesses' lines, time stamps
    renewal      old bundles get a fresh layer, on the order of a person
    story_page   the report: the story of the case in plain words, as one HTML page;
                 it is printed, too, where the installation can (`media.printer`)
    story_fields what a message says, as labelled rows in English
    story_annex  ids, digests and codes, for whoever compares the report with the files

What it does not do: know the form of a bundle or verify one (`tracer.bundle`, which needs no node).
"""
