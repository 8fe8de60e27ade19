"""Rows that could not go along, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from console.accounts.access import SignedInRequest, requires
from console.accounts.capabilities import Capability
from console.accounts.permissions import may
from migrations_ui.errors import ActionRefused
from migrations_ui.forms.correction import CorrectionForm
from migrations_ui.forms.skip_reject import SkipRejectForm
from migrations_ui.models import Reject, Verification
from migrations_ui.presentation.breadcrumbs import migration_trail
from migrations_ui.presentation.csv_export import spreadsheet
from migrations_ui.services.rejects import skip_rejected_row
from migrations_ui.services.verifications import request_correction, why_no_verification
from migrations_ui.views.loading import load_migration

REJECTS_A_PAGE = 100
MOST_CORRECTIONS = 1000
GONE = "This row is not listed any more: somebody has dealt with it in the meantime. Look below."


@requires(Capability.VIEW_MIGRATIONS)
@require_safe
def rejects_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    migration = load_migration(request, pk)
    columns = ("table", "row_key", "column", "reason", "preview", "note")
    rows = migration.rejects.values_list(*columns)
    heading = ("table", "row", "column", "why", "begins with", "skip because")
    return spreadsheet(f"rejects-{migration.server.short_name}", heading, rows)


@requires(Capability.CORRECT_ROWS)
@require_POST
def skip_reject(request: SignedInRequest, pk: int, reject_pk: int) -> HttpResponse:
    """The row may be left out, for the reason given."""
    migration = load_migration(request, pk)
    reject = get_object_or_404(migration.rejects.select_related("migration"), pk=reject_pk)
    form = SkipRejectForm(request.POST)
    if not form.is_valid():
        return _render(request, pk, form=form, judged=reject_pk, status=422)
    skip_rejected_row(reject, actor=request.user, note=form.cleaned_data["note"])
    return redirect(reverse("migrations_ui:rejects", args=[pk]) + _here(request))


@requires(Capability.VIEW_MIGRATIONS)
@require_safe
def rejects(request: SignedInRequest, pk: int) -> HttpResponse:
    """All rejects of a migration, or those of `?table=`."""
    return _render(request, pk)


@requires(Capability.CORRECT_ROWS)
@require_POST
def correct(request: SignedInRequest, pk: int, reject_pk: int) -> HttpResponse:
    """Have the row written with other values in the columns that did not fit."""
    migration = load_migration(request, pk)
    reject = migration.rejects.filter(pk=reject_pk).first()
    if reject is None:
        return _render(request, pk, refusal=GONE, status=409)
    as_it_is = "as_it_is" in request.POST
    form = CorrectionForm(request.POST, reject=reject)
    if not (as_it_is or form.is_valid()):
        return _render(request, pk, correction=(reject.pk, form), status=422)
    try:
        request_correction(reject, actor=request.user, values={} if as_it_is else form.values)
    except ActionRefused as refusal:
        return _render(request, pk, correction=(reject.pk, form), refusal=str(refusal), status=409)
    return redirect("migrations_ui:verification", pk)


@dataclass(frozen=True, slots=True)
class ListedReject:
    """A reject, the form that corrects it if any value would, and why it was not written last."""

    reject: Reject
    form: CorrectionForm | None
    failure: str = ""
    is_open: bool = False


def _listed(page: Page[Reject], judged: tuple[int, CorrectionForm] | None) -> list[ListedReject]:
    """What was typed and not written is typed already: `judged` now, or tried by a worker."""
    failed = Verification.objects.last_failed_corrections(reject.pk for reject in page)
    listed = []
    for reject in page:
        last = failed.get(reject.pk)
        form = None
        is_judged = judged is not None and judged[0] == reject.pk
        if judged is not None and is_judged:
            form = judged[1]
        elif reject.may_be_corrected:
            form = CorrectionForm(reject=reject, typed=last.corrections if last else None)
        listed.append(
            ListedReject(reject, form, last.summary if last else "", is_judged or last is not None)
        )
    return listed


def _here(request: SignedInRequest) -> str:
    """The table and the page that are looked at: a form that is shown again has to be on it."""
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _render(
    request: SignedInRequest,
    pk: int,
    *,
    form: SkipRejectForm | None = None,
    judged: int | None = None,
    correction: tuple[int, CorrectionForm] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """`form` as it was judged for the reject `judged`, `correction` as it was for its own."""
    migration = load_migration(request, pk)
    corrects = may(request.user, Capability.CORRECT_ROWS)
    not_allowed = "" if corrects else "Your role may not correct them."
    table = request.GET.get("table", "")
    found = migration.rejects.select_related("skipped_by")
    if table:
        found = found.filter(table=table)
    page = Paginator(found, REJECTS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "migrations_ui/rejects.html",
        {
            "section": "migrations",
            "trail": migration_trail(migration),
            "migration": migration,
            "table": table,
            "tables": migration.tables.filter(rows_rejected__gt=0),
            "page": page,
            "listed": _listed(page, correction),
            "corrections": migration.corrections.select_related("corrected_by")[:MOST_CORRECTIONS],
            "query": urlencode({"table": table}) if table else "",
            "form": form or SkipRejectForm(),
            "judged": judged,
            "faulty": judged or (correction and not refusal and correction[0]),
            "here": _here(request),
            "refusal": refusal,
            "why_no_verification": not_allowed or why_no_verification(migration),
        },
        status=status,
    )
