"""Rows as a CSV file that a spreadsheet may open without running what is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse

# A cell that begins so is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def spreadsheet(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[str | None]]
) -> HttpResponse:
    """A download; null is an empty cell."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    writer = csv.writer(response)
    writer.writerow(heading)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return response


def guarded(cell: str | None) -> str:
    """The text, made plain by an apostrophe where a spreadsheet would take it for a formula."""
    if cell is None:
        return ""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
