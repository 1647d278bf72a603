"""What a reader can do in a request."""

from __future__ import annotations

from typing import Final

from tracer.casework.roles import Act
from tracer.web.ui.route import Route

ROWS: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/requests/{thread}/acts",
        name="acts",
        handler="reply.offered",
        rule=Act.DRAFT,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/take",
        name="take",
        handler="reply.take",
        rule=Act.DRAFT,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/write/{type}",
        name="write",
        handler="reply.write",
        rule=Act.DRAFT,
        about="case",
        body=512 * 1024,
    ),
    Route(
        method="FORM",
        path="/drafts/{draft}/reply",
        name="reply",
        handler="reply.edit",
        rule=Act.DRAFT,
        about="draft",
        body=512 * 1024,
    ),
    Route(
        method="FORM",
        path="/drafts/{draft}/files",
        name="reply-files",
        handler="files.of_reply",
        rule=Act.DRAFT,
        about="draft",
        body=48 * 1024 * 1024,
    ),
    Route(
        method="POST",
        path="/drafts/{draft}/files/{number}",
        name="draft-file",
        handler="files.change",
        rule=Act.DRAFT,
        about="draft",
    ),
    Route(
        method="FORM",
        path="/drafts/{draft}/discard",
        name="discard",
        handler="reply.discard",
        rule=Act.DRAFT,
        about="draft",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/notes",
        name="note",
        handler="casework.note",
        rule=Act.NOTE,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/people",
        name="case-people",
        handler="casework.people",
        rule=Act.ASSIGN,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/restriction",
        name="case-restrict",
        handler="casework.restrict",
        rule=Act.RESTRICT,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/alike",
        name="alike",
        handler="casework.alike",
        rule=Act.DRAFT,
        about="case",
    ),
    Route(
        method="FORM",
        path="/requests/{thread}/evidence",
        name="evidence",
        handler="casework.evidence",
        rule=Act.EVIDENCE,
        about="case",
    ),
)
