"""A connection to a SQL Server or Db2 target: statements and transactions."""

from __future__ import annotations

from typing import ClassVar

from migrations_ui.transfer.engines.dialect import Grammar
from migrations_ui.transfer.engines.driver_session import DriverSession
from migrations_ui.transfer.engines.session_marks import SessionMarks
from migrations_ui.transfer.engines.set_statements import SetDialect


class ValueSession(DriverSession):
    """Adds the words of the SQL that these engines share."""

    words: ClassVar[SetDialect]
    grammar: ClassVar[Grammar]
    session_marks: SessionMarks | None = None
