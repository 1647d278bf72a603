"""What every request of this authority says by itself, so that an investigator need not.

Law, intended use, what is asked and whom to call back are the same in most requests of an
authority; they come from its settings (`[requests]`) and an officer changes them in a draft where a
case is another. What was done in a case (registers searched at home, persons) is never filled in:
it would be untrue.

Example:
    >>> RequestProfile(authority="Police of XA").document()["requester"]
    {'authority': 'Police of XA'}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tracer.model.codes import Asked, IllicitBasis, Instrument, IntendedUse, RequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestProfile:
    """The defaults; each can be another in a single draft.

    Attributes:
        authority: The body that investigates, where the draft names no other (Convention 18(15)).
        function: What it does.
        role: Whom to ask: the desk as such, never a person.
        mail: Where the desk is reached.
        phone: The same by telephone.
        instruments: What requests rest on.
        illicit: Letters of ITI paragraph 6.
        article: The national provision.
        uses: What the information is wanted for (ITI paragraph 17(c)).
        asked: What is asked for.
    """

    authority: str = ""
    function: str = ""
    role: str = ""
    mail: str = ""
    phone: str = ""
    instruments: tuple[str, ...] = (Instrument.FIREARMS_PROTOCOL, Instrument.ITI)
    illicit: tuple[str, ...] = (IllicitBasis.UNDER_NATIONAL_LAW,)
    article: str = ""
    uses: tuple[str, ...] = (IntendedUse.LOCATE_DIVERSION, IntendedUse.PROSECUTION_LEAD)
    asked: tuple[str, ...] = (
        Asked.CONFIRM_MANUFACTURE,
        Asked.FIRST_SHIPMENT,
        Asked.CHAIN_OF_SALE,
        Asked.LAST_HOLDER,
        Asked.LOST_STOLEN_STATUS,
    )

    def document(self) -> dict[str, Any]:
        """The fields of a document (`documents`) that a new request begins with."""
        officer = {"role": self.role, "mail": self.mail, "phone": self.phone}
        requester = {"authority": self.authority, "function": self.function}
        law = {
            "instruments": list(self.instruments),
            "illicit": list(self.illicit),
            "national_article": self.article,
        }
        found = {
            "kind": RequestKind.TRACE.value,
            "officer": _said(officer),
            "requester": _said(requester),
            "legal_basis": _said(law),
            "intended_use": list(self.uses),
            "asked": list(self.asked),
        }
        return _said(found)


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
