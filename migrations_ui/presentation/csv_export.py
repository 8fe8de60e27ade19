"""Rows as a CSV file that a spreadsheet may open without running what is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from pools.domain.visible_text import visible

# A cell that begins so is a formula to a spreadsheet.
FORMULA_STARTS = (*"=+-@|%", *"＝＋－＠", "\t", "\r", "\n")
CSV = "text/csv; charset=utf-8"

Row = Sequence[str | None]


def spreadsheet(name: str, heading: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """A download; null is an empty cell."""
    return HttpResponse(_text([heading]) + _text(rows), content_type=CSV, headers=_headers(name))


def streamed_spreadsheet(
    name: str, heading: Sequence[str], parts: AsyncIterator[Iterable[Row]]
) -> StreamingHttpResponse:
    """The same of rows that come part by part, for as long as that takes."""

    async def text() -> AsyncIterator[str]:
        yield _text([heading])
        async for rows in parts:
            yield _text(rows)

    return StreamingHttpResponse(text(), content_type=CSV, headers=_headers(name))


def guarded(cell: str | None) -> str:
    """The text, made plain by an apostrophe where a spreadsheet would take it for a formula."""
    if cell is None:
        return ""
    # Some look behind blanks for its start.
    is_formula = cell.lstrip(" \xa0").startswith(FORMULA_STARTS)
    return f"'{visible(cell)}" if is_formula else visible(cell)


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"}


def _text(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()
