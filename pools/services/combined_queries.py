"""Several short lists in one trip to the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]


def read_together(questions: Sequence[QuerySet[Any, tuple[Any, ...]]]) -> list[Rows]:
    """The rows of each, in one statement; no statement when none can have any.

    For `values_list` of the same number of columns, with types that may stand in one column, as
    the database's driver returns them. Each may have a limit, but no order that has to last.
    Django's own `union` takes no limits inside it on SQLite.
    """
    answers: list[Rows] = [[] for _ in questions]
    parts: list[str] = []
    values: list[Any] = []
    for number, question in enumerate(questions):
        try:
            sql, params = question.query.get_compiler(question.db).as_sql()
        except EmptyResultSet:
            continue
        part = f"part{number}"
        parts.append(f"SELECT {number} AS question, {part}.* FROM ({sql}) {part}")  # noqa: S608
        values.extend(params)
    if parts:
        with connections[questions[0].db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for number, *row in cursor.fetchall():
                answers[number].append(tuple(row))
    return answers
