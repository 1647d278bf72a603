"""THE table of forms: what each type of message that follows in a thread asks of its writer.

Legal names of grounds and of lists come from the code lists; here are only the words of forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tracer.web.ui.message_forms.answering import ANSWERING
from tracer.web.ui.message_forms.asking import ASKING, EITHER
from tracer.web.ui.message_forms.parts import Shape

SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {shape.type: shape for shape in (*ANSWERING, *ASKING, *EITHER)}
)
"""By type of message; a test holds them against all types that follow in a thread."""
