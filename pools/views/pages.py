"""Cutting long lists into pages, the same way everywhere."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
ROWS_A_PAGE = 100


def page_of(request: HttpRequest, rows: QuerySet[Row]) -> dict[str, Any]:
    """`page` and `query` for `components/pager.html`; a wrong page number means the nearest."""
    page: Page[Row] = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return {"page": page, "query": parameters.urlencode()}
