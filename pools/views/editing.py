"""The one flow of every add and edit page: show the form, keep the row, or say what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from console.accounts.access import SignedInRequest
from pools.forms.rows import RowForm

UNPROCESSABLE = 422


def edit_page(
    request: SignedInRequest,
    form: RowForm[Any],
    *,
    title: str,
    verb: str,
    saved: str,
    back: str,
    trail: Sequence[tuple[str, str]] = (),
    template: str = "pools/form.html",
    **context: Any,
) -> HttpResponse:
    """`back`: where Cancel leads, and saving too unless the row has a page of its own."""
    if form.is_bound and form.is_valid():
        row = form.keep(actor=request.user)
        if row is not None:
            messages.success(request, saved.format(row))
            return redirect(next_page(request) or getattr(row, "get_absolute_url", lambda: back)())
    page = {
        "form": form,
        "title": title,
        "verb": verb,
        "back": next_page(request) or back,
        "next": next_page(request),
        "trail": trail,
        **context,
    }
    return render(request, template, page, status=UNPROCESSABLE if form.errors else 200)


def next_page(request: SignedInRequest) -> str:
    """The page of ours that sent the person here, when it asked to be returned to."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else ""
