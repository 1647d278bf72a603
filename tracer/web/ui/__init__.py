"""The desk: the pages that investigators, officers, supervisors, auditors and operators work in.

Purpose
-------
Show what `casework` knows and take what people decide, in a browser, in six languages, on a bad
line, by keyboard alone and without script.

Rules
-----
1. One table (`routes`): every path has a row that says who may come there. The guard asks the row
   before the handler runs, casework asks again inside its transaction. A route without a row does
   not exist; the authorisation matrix is generated from the rows.
2. A handler takes a `page.Page` and gives an answer. It calls verbs of casework, decides nothing,
   and knows neither cookies nor headers. Each verb is a transaction of its own: what a page has
   read by several may differ by a moment, and where a handler writes twice (a file told and then
   named in the document, a person added and then given a password) the first holds without the
   second, which can be done again. What must happen as a whole is one verb.
3. Words: what people read is English in a template (`_("...")`, `{% trans %}`) or in a table of
   `words` (`N_("...")`), and is translated from the catalogue (`texts`). No sentence is built from
   parts. Codes, instants, countries become words by filters (`filters`). A literal that cannot be
   translated fails `tests/desk/test_words.py`. A label that is a term of law keeps the number of
   its article, and is marked as a draft translation until somebody has reviewed it (`law`): by
   `details` and `tell` themselves, beside a choice by `{{ "ground"|draft }}`, once in a place.
4. Hostile text (a peer's, a person's) is escaped by Jinja, and control and direction characters in
   it are shown as what they are, everywhere, by the environment itself (`render`).
5. A form says no by field, keeps what was typed, and survives a change of language (`forms`).
6. No inline script, no inline style, nothing from elsewhere: the content security policy has no
   exception (`guard`). htmx only saves a full load; every link and form works without it.
7. Nothing personal in an address: identifiers, and what a person looks for. No address is ever
   logged, and the referrer policy keeps it inside.

Where things are
----------------
| file | what |
| --- | --- |
| `routes`, `rows/` | THE table, and `path_to` that makes addresses from it; `route`: a row |
| `app` | aiohttp's application from the table, and the listener it is served by |
| `verbs` | `Verbs`, what of casework pages may call; `House`, what they know of the authority |
| `guard` | headers, cookies to session, origin and token, rule, errors to pages: in that order |
| `session` | cookies and the token of forms; accounts and sessions themselves are casework's |
| `page` | what a handler gets: the reader, `show`, `go`, `form`, `tell` |
| `forms` | fields, what was typed, errors by field |
| `render`, `filters` | the Jinja environments and what templates can say |
| `texts`, `catalogue`, `locale/` | languages: loading, and extracting to and from `.po` files |
| `law`, `locale/terms/` | terms of law in each language, and who reviewed them |
| `tell` | clocks, deliveries, who did what: facts of casework in the reader's language |
| `lists` | links of a list: filters, sorts, cursors |
| `sayings`, `acts` | sentences by code: of authorities, figures, the node; of what was done |
| `particulars` | the details of an act: what each is called, and its value in words |
| `condition` | how the node is: sentences of casework with their places |
| `charts` | the overview's pictures from the facts of casework |
| `words` | the sentences of states, clocks, deliveries, in one place |
| `faults` | errors as people read them, by code and family |
| `message_forms/` | the form of every message that follows in a thread, described once a type |
| `days` | days as people write them in a language, and what was understood |
| `progress` | the steps of a new request: what is missing in each, what would help most |
| `steps` | the pages of a new request: keeping as one types, two people at one draft |
| `lines` | which of several firearms a step is about |
| `firearms` | a firearm in words: make, model, serial, and what is not known |
| `findings` | what the linter says of a message, in sentences that say what to do |
| `drawn` | pictures of `web.pictures` in the reader's language |
| `differences` | what a draft says otherwise than the version that was sent back |
| `details` | any message of the protocol as labelled fields |
| `printing` | a page as PDF, in a process of its own |
| `statics`, `static/` | stylesheet, htmx, named by their content |
| `pages/` | handlers, one file per noun; `templates/`, one file per page; `parts/` has the macros |

How to add a page, in five steps
--------------------------------
1. A row in `rows/`, in the file of its area: method (`FORM` for a page with a form), path, name,
   handler `noun.function`, rule, what its places are about, and `menu=N_("...")` if it stands in
   the navigation. An upload says how large its `body` may be.
2. `pages/noun.py`: `async def function(page: Page) -> web.Response`, ending in
   `page.show("noun.html", ...)`, `page.go("name-of-route", told="key-of-words-TOLD")` or
   `page.file(...)`. What a verb refuses (`InputError`) is put to a form by `form.blame`, or left:
   the guard makes a page of it. A new code gets its sentence in `faults.REFUSED`.
3. `templates/noun.html`: `{% extends "base.html" %}`, `{% block title %}`, `{% block main %}`, the
   macros of `parts/`: `bits` (head, badge, clock, facts, notice, empty, tabs, firearm), `forms`,
   `tables` (sorting, pages), `cases` (a table of cases), `places` (authorities, figures, the node),
   `files`, `message_forms`, `entered`; `acting` (a request), `steps` (a request in the making),
   `differences`, `enrol` and `paper` are of one kind of page; `kept` and `looked_up` are answers
   that htmx puts into a page.
4. `make catalogues`: the new words are now in `locale/*.po`, empty until somebody translates them.
5. If the path has places, one line in `tests/desk/visits.py` says with what values it is visited.
   Guard, matrix, axe, both directions, 320 px and screenshots run over the table by themselves.

A form: declare it once, with its words, at the top of `pages/noun.py`

    REJECT = Form(Field("reason", N_("Reason"), N_("The author reads it."), required=True))

and in the handler

    form = await page.form(REJECT)
    if form.ready:                                    # posted, well-formed, no language switch
        try:
            await page.verbs.release.reject(page.actor, page.place("draft"), form["reason"])
        except InputError as error:
            form.blame(error)
        else:
            return page.go("releases", told="rejected")
    return page.show("reject.html", form=form)        # 422 if something is wrong

and in the template, where `main_form` lets a change of language carry what was typed

    {% set main_form = "main-form" %}
    {% block main %}
    {% call forms.form(form, submit=_("Send back")) %}{{ forms.area(form, "reason") }}{% endcall %}
    {% endblock %}

What it does not do
-------------------
Decide (casework does), keep sessions or passwords (casework), talk to peers (`web.peer`), hold a
rule of the protocol, fetch anything, or offer an interface for programs.
"""
