"""The forms of messages, described once a type and drawn by one template.

In templates and handlers one is called `sheet`, for `form` is what `web.ui.forms` makes of a page.

Rules
-----
1. A type of message is a `Shape` (`shapes`): what its form asks, in which order, in which words. A
   shape becomes a document of casework (`casework.papers.documents`) and is filled from one;
   nothing here knows what a message means, and nothing else knows how a form of one looks.
2. The name of an input is the place of its value in the document, counted from 1
   (`answers/1/chain/2/kind`); so what the document, the linter or casework say of a place comes
   back to the input, and `MessageForm.place` knows the few places that are called otherwise.
3. A row is added and removed by a button that sends the form; what was typed stays. No script.
4. What a document holds and a form does not ask stays in it.

| file | what |
| --- | --- |
| `parts` | what a shape is made of |
| `shapes` | THE table: the form of each type that follows in a thread |
| `controls` | text of an input to a value and back; what can be chosen |
| `reading` | a form or a document as a tree, and a tree as a document |
| `form` | one form in work: what was typed, what is wrong, what the template draws |
| `offers` | what may be written in a case now, what is owed first |

What it does not do: decide what may be sent (casework and the linter do).
"""
