"""Every page of a migration: clean for axe in both themes, fit for a phone, read without
scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from migrations_ui.models import (
    ConflictPage,
    Correction,
    Migration,
    Purge,
    RetainedListing,
    RetainedRows,
    Verification,
)
from migrations_ui.models.table_transfer import RejectedColumn
from migrations_ui.services.retained import place_of
from migrations_ui.states import (
    ConflictPolicy,
    ConflictVerdict,
    MigrationStatus,
    MismatchKind,
    Outcome,
    RetainedPurpose,
    StepName,
    StepStatus,
    TransferStatus,
    VerificationKind,
    VerificationStatus,
)
from migrations_ui.transfer.value_loss import Treatment
from tests.factories import PoolFactory, ServerFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
    TableTransferFactory,
)

LONG = "traveler-production-server-with-sixty-characters-in-its-name"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


def pages() -> Iterator[str]:
    """Rows for every page and state that looks different; yields the addresses."""
    pool = PoolFactory(name="The pool with the very long name of the whole of Europe")
    yield "/migrations/"
    ServerFactory(domino_name=f"CN={LONG}/O=Acme", bits=32, traveler_version="8.5.2.1")
    ServerFactory.create_batch(30, healthy=True)
    yield "/migrations/new/"
    yield "/migrations/new/?server=nothing-like-it"
    yield f"/migrations/new/{ServerFactory().pk}/"
    blocked = MigrationFactory(pool=pool)
    for outcome in Outcome:
        FindingFactory(migration=blocked, outcome=outcome, remedy="Do this first, then check.")
    yield f"/migrations/{blocked.pk}/preflight/"
    yield f"/migrations/{MigrationFactory(status=MigrationStatus.CHECKING).pk}/preflight/"
    for trait in ("copying", "at_gate", "broken", "finished"):
        yield shown(trait).get_absolute_url()
    incompatible = stopped_by_incompatible_values()
    yield incompatible.get_absolute_url()
    yield f"/migrations/{incompatible.pk}/report/"
    yield f"/migrations/{shown('at_gate').pk}/confirm/"
    yield f"/migrations/{shown('copying').pk}/cancel/"
    following = MigrationFactory(following=True, lines=["Data transfer: 1200 of 5271 rows."] * 40)
    following.steps.filter(name=StepName.FOLLOW).update(
        status=StepStatus.RUNNING, started_at=following.started_at
    )
    yield following.get_absolute_url()
    yield f"/migrations/{following.pk}/rollback/"
    yield f"/migrations/{following.pk}/report/"
    yield f"/migrations/{MigrationFactory(at_gate=True, vendor=True).pk}/confirm/"
    finished = shown("finished")
    yield f"/migrations/{finished.pk}/rollback/"
    yield f"/migrations/{finished.pk}/report/"
    yield f"/migrations/{finished.pk}/rejects/"
    yield from rehearsal_pages()
    yield f"/migrations/{finished.pk}/conflicts/"
    yield f"/migrations/{MigrationFactory(finished=True).pk}/conflicts/"
    asked = MigrationFactory(broken=True, conflict_policy=ConflictPolicy.STOP)
    ConflictFactory(migration=asked, verdict=ConflictVerdict.OPEN, differing="{}")
    yield f"/migrations/{asked.pk}/conflicts/"
    yield f"/migrations/{finished.pk}/verification/"
    yield f"/migrations/{MigrationFactory(copying=True).pk}/verification/"
    unequal = shown("at_gate")
    unequal.source_sha256 = "0" * 64
    unequal.save()
    for kind in MismatchKind:
        MismatchFactory(migration=unequal, kind=kind, row_key=f"device of CN={LONG}")
    MismatchFactory(migration=unequal, kind=MismatchKind.MISSING, differing="{}")
    yield f"/migrations/{unequal.pk}/verification/"
    yield corrected_in_part(unequal)
    yield f"/migrations/{unequal.pk}/verification/"
    yield asked.get_absolute_url()
    yield from kept_pages()


def kept_pages() -> Iterator[str]:
    kept = MigrationFactory(finished=True)
    database = kept.pool.database
    yield f"/migrations/databases/{database.pk}/"
    listing, _ = RetainedListing.objects.update_or_create(
        database=database,
        defaults={
            "asked_at": None,
            "failure": "The server does not answer.",
            "read_at": timezone.now(),
            "place": place_of(database.login()),
        },
    )
    for purpose in RetainedPurpose:
        for run_id in (kept.run_id, "a-run-of-another-console-of-somebody-else"):
            RetainedRows.objects.create(
                listing=listing,
                table=f"lg_met_{purpose.value}",
                purpose=purpose,
                of_table="name_of_the_device_of_its_owner",
                size=1_258_291_200,
                run_id=run_id,
                rows=12_345_678,
            )
    yield f"/migrations/databases/{database.pk}/"
    yield f"/migrations/{kept.pk}/retained/"
    yield f"/migrations/{kept.pk}/purge/"
    Migration.objects.filter(pk=kept.pk).update(purged_at=timezone.now())
    Purge.objects.create(
        migration=kept, asked_by=kept.actor, status="failed", summary="It does not answer."
    )
    yield f"/migrations/{kept.pk}/retained/"
    yield kept.get_absolute_url()
    TableTransferFactory(migration=kept, verified=True, rows_updated=2_000, plan="{}")
    Migration.objects.filter(pk=kept.pk).update(purged_at=None)
    ConflictPage.objects.create(
        migration=kept,
        size=50,
        status="done",
        asked_at=timezone.now(),
        rows=f'[["devices", "device of CN={LONG}", "kept", {{"note": ["1", null]}}]]',
        end="[]",
    )
    yield f"/migrations/{kept.pk}/conflicts/"
    yield f"/migrations/{kept.pk}/conflicts/?behind=0"
    ConflictPage.objects.update(status="failed", failure="It does not answer.")
    yield f"/migrations/{kept.pk}/conflicts/?behind=0"


def corrected_in_part(migration: Migration) -> str:
    """A row that was corrected, one that was not written, and one that no value would help."""
    unfit = [
        RejectedColumn("DEVICE_ID", "72 characters", LONG, "varchar:64!", (), in_key=True),
        RejectedColumn("SIZE", "out of the range", "99999999999", "int4"),
    ]
    reject = RejectFactory(
        migration=migration,
        row_number=3,
        column="DEVICE_ID",
        rejected=json.dumps([asdict(each) for each in unfit]),
    )
    Verification.objects.create(
        migration=migration,
        kind=VerificationKind.CORRECTION,
        status=VerificationStatus.FAILED,
        asked_by=migration.actor,
        reject=reject,
        typed=json.dumps({"DEVICE_ID": LONG, "SIZE": "1"}),
        summary="DEVICES: the pool has a row with this key.",
    )
    Correction.objects.create(
        migration=migration,
        table="DEVICES",
        row_key=f"device of CN={LONG}",
        changes=json.dumps([["DEVICE_ID", LONG, "short"], ["SIZE", "99999999999", "1"]]),
        corrected_by=migration.actor,
    )
    return f"/migrations/{migration.pk}/rejects/"


def rehearsal_pages() -> Iterator[str]:
    asked = MigrationFactory(rehearsal=True, status=MigrationStatus.READY)
    stopped = "The server is stopped for about 4 min 20 s, while 1,200 MB are read."
    FindingFactory(migration=asked, check_id="outage", seen=stopped)
    yield f"/migrations/{asked.pk}/preflight/"
    copying = shown("copying", rehearsal=True, chunk_rows=20_000)
    Migration.objects.filter(pk=copying.pk).update(slowed_since=timezone.now(), slowed_factor=4.2)
    yield copying.get_absolute_url()
    yield f"/migrations/{copying.pk}/cancel/"
    rehearsed = shown("rehearsed", server_was_running=True, backup_bytes=1_258_291_200)
    began = timezone.now() - timedelta(hours=1)
    for step in rehearsed.steps.all():
        step.attempts, step.summary = 1, "It did what it should."
        step.started_at = began + timedelta(minutes=step.position)
        step.finished_at = step.started_at + timedelta(seconds=50)
        step.save()
    yield rehearsed.get_absolute_url()
    yield f"/migrations/{rehearsed.pk}/report/"
    failed = shown("copying", rehearsal=True, failure="The database closed the connection.")
    Migration.objects.filter(pk=failed.pk).update(status=MigrationStatus.REHEARSAL_FAILED)
    yield failed.get_absolute_url()
    yield f"/pools/{rehearsed.pool.slug}/migrations/"


def stopped_by_incompatible_values() -> Migration:
    """Findings of every kind, one of a column with a long name."""
    migration = shown("broken")
    Migration.objects.filter(pk=migration.pk).update(current_step=StepName.COMPATIBILITY)
    migration.steps.filter(name=StepName.COMPATIBILITY).update(status=StepStatus.FAILED)
    for outcome, treatment in (
        (Outcome.BLOCKER, Treatment.STOP),
        (Outcome.WARNING, Treatment.CONVERT),
        (Outcome.WARNING, Treatment.REJECT),
        (Outcome.WARNING, ""),
    ):
        FindingFactory(
            migration=migration,
            group="compatibility",
            title="DEVICES.NAME_OF_THE_DEVICE_AS_ITS_OWNER_TYPED_IT",
            count=None if treatment == "" else 12_345,
            longest=120 if treatment == Treatment.STOP else None,
            outcome=outcome,
            treatment=treatment,
            seen="Values longer than the target's column of 64 characters: 12,345.",
            remedy="Make the column of the pool's database wider, or keep such rows back.",
        )
    return migration


def shown(trait: str, **values: object) -> Migration:
    migration = MigrationFactory(**{trait: True}, **values, lines=[f"line {n}" for n in range(40)])
    TableTransferFactory(migration=migration, table="DEVICES", verified=True, rows_rejected=1)
    TableTransferFactory(
        migration=migration,
        table="FOLDER_STATE",
        rows_copied=370,
        status=TransferStatus.COPYING,
    )
    for verdict in ConflictVerdict:
        ConflictFactory(migration=migration, verdict=verdict, row_key=f"device of CN={LONG}")
    RejectFactory(migration=migration, row_key=f"device of CN={LONG}/O=Acme")
    return migration


def test_every_page_is_clean_for_axe_in_both_themes_and_fits_a_phone(
    context: BrowserContext, live_server: LiveServer, session_cookie: SetCookieParam
) -> None:
    context.add_cookies([session_cookie])
    page = context.new_page()
    # The server of these tests speaks HTTP only.
    page.route_web_socket("**/ws/**", lambda socket: None)
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if is_refusal(said.text) else None)
    for address in pages():
        page.set_viewport_size(DESK)
        page.goto(live_server.url + address)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = Axe().run(page)
            if found.violations_count:
                faults.append(f"{address} {theme}: {found.generate_report()}")
        page.set_viewport_size(PHONE)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if too_wide > 0:
            faults.append(f"{address} is {too_wide} pixels too wide for a phone")
    assert not faults, "\n".join(faults)


def is_refusal(text: str) -> bool:
    """The browser's word when a page breaks its own content security policy."""
    return "Content Security Policy" in text


@pytest.fixture
def plain_page(browser: Browser, session_cookie: SetCookieParam) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([session_cookie])
    yield context.new_page()
    context.close()


def test_without_scripts_a_migration_is_read_paused_and_cut_over(
    plain_page: Page, live_server: LiveServer
) -> None:
    page = plain_page
    migration = shown("copying")
    page.goto(live_server.url + migration.get_absolute_url())
    expect(page.locator("#migration-log")).to_contain_text("line 39")
    expect(page.get_by_role("progressbar", name="Rows copied")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#migration-head")).to_contain_text("pausing")

    waiting = shown("at_gate")
    page.goto(live_server.url + waiting.get_absolute_url())
    page.get_by_role("link", name="Cut over…").click()
    page.get_by_role("textbox", name=f"Type {waiting.server.short_name}").fill("another")
    page.get_by_role("button", name="Cut over").click()
    expect(page.get_by_text("“another” is not the name of this server")).to_be_visible()
    page.get_by_role("textbox", name="Type").fill(waiting.server.short_name)
    page.get_by_role("button", name="Cut over").click()
    expect(page.locator("#migration-head")).to_contain_text("running")


def test_the_rare_choices_are_made_by_keyboard_and_said_on_the_fold(
    page: Page, live_server: LiveServer, session_cookie: SetCookieParam
) -> None:
    page.context.add_cookies([session_cookie])
    page.goto(f"{live_server.url}/migrations/new/{ServerFactory().pk}/")
    fold = page.locator("details.more > summary")
    expect(fold).to_contain_text("The newest row wins")
    fold.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("2500")
    expect(fold).to_contain_text("The pool's row stays")
    expect(fold).to_contain_text("2500 rows a second at most")
    assert Axe().run(page).violations_count == 0

    page.get_by_role("radio", name="Vendor transfer").focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Rows a second")).to_be_hidden()
    expect(page.get_by_label("Seconds to let running syncs end")).to_be_visible()
    expect(fold.get_by_text("The pool's row stays")).to_be_hidden()
