"""A connection to a Db2 target: statements and transactions."""

from __future__ import annotations

from django.db import Error

from migrations_ui.transfer.engines import session_marks
from migrations_ui.transfer.engines.db2 import words
from migrations_ui.transfer.engines.db2.errors import trouble
from migrations_ui.transfer.engines.db2.grammar import Db2Grammar
from migrations_ui.transfer.engines.value_session import ValueSession
from migrations_ui.transfer.errors import TargetError


class Db2Session(ValueSession):
    """Nothing commits by itself here: definitions are part of a transaction too."""

    words = words.WORDS
    grammar = Db2Grammar()
    session_marks = session_marks.DB2

    def trouble(self, error: Error) -> TargetError:
        return trouble(error)
