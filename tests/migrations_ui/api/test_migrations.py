"""Migrations over REST: who may, what is granted, and the reasons of a refusal."""

from __future__ import annotations

from datetime import datetime

import pytest
from rest_framework.test import APIClient

from console.accounts.capabilities import Capability
from console.accounts.roles import ROLES, Role
from migrations_ui.api.migrations import MigrationViewSet
from migrations_ui.models import Event, Migration, Step
from migrations_ui.models.event import Line
from migrations_ui.states import MigrationStatus, StepName, StepStatus
from migrations_ui.steps.copy import SHOWN_REJECTS
from migrations_ui.transfer.value_loss import Loss, Treatment
from pools.models import AuditEntry
from tests.factories import PoolFactory, ServerFactory, UserFactory
from tests.migrations_ui.factories import (
    ConflictFactory,
    FindingFactory,
    MigrationFactory,
    MismatchFactory,
    RejectFactory,
    TableTransferFactory,
)

S = MigrationStatus
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]


@pytest.fixture
def client() -> APIClient:
    return signed_in()


def signed_in(**traits: bool) -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(**traits))
    return client


READS = ["", "{pk}/", "{pk}/events/", "{pk}/snapshot/", "{pk}/findings/"]
READS += ["{pk}/report/", "{pk}/retained/", "{pk}/corrections/", "{pk}/conflicts/"]
READS += ["{pk}/rejects/", "{pk}/mismatches/", "{pk}/verifications/"]
WRITES = ["check", "start", "pause", "resume", "retry", "confirm", "cancel", "roll-back"]


@pytest.mark.parametrize("trait", ["helpdesk", "outsider"])
def test_nobody_but_administrators_sees_or_does_anything(trait: str) -> None:
    migration = MigrationFactory(status=S.READY)
    other = signed_in(**{trait: True})
    for path in READS:
        assert other.get(f"/api/v1/migrations/{path.format(pk=migration.pk)}").status_code == 403
    for action in [
        *(*WRITES, "rate-limit", "chunk-size", "migrate", "values", "derby-login", "policy"),
        "verification",
    ]:
        assert other.post(f"/api/v1/migrations/{migration.pk}/{action}/").status_code == 403
    assert other.post("/api/v1/migrations/").status_code == 403
    assert APIClient().get("/api/v1/migrations/").status_code == 401
    migration.refresh_from_db()
    assert migration.state is S.READY


def test_the_list_can_be_narrowed_to_a_status(client: APIClient) -> None:
    MigrationFactory(status=S.READY)
    running = MigrationFactory(copying=True)
    found = client.get("/api/v1/migrations/", {"status": "running"}).json()["results"]
    assert [each["id"] for each in found] == [running.pk]


def test_a_vendor_transfer_is_drafted_followed_and_neither_paused_nor_paced(
    client: APIClient,
) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk, "kind": "vendor"}
    drafted = client.post("/api/v1/migrations/", requested).json()
    assert drafted["kind"] == "vendor"

    following = MigrationFactory(following=True)
    address = f"/api/v1/migrations/{following.pk}/"
    shown = client.get(address).json()
    assert shown["last_progress_line"] == "Data transfer: 1200 of 5271 rows."
    assert shown["last_line_at"]
    assert [step["name"] for step in shown["actions"]] == ["roll_back"]
    assert client.post(f"{address}pause/").status_code == 409
    refused = client.post(f"{address}rate-limit/", {"rows_per_second": 5})
    assert refused.status_code == 409
    assert "migrates its data by itself" in refused.json()["detail"]


def test_each_answer_names_the_next_steps(client: APIClient) -> None:
    migration = MigrationFactory(at_gate=True)
    steps = client.get(f"/api/v1/migrations/{migration.pk}/").json()["actions"]
    assert [step["name"] for step in steps] == ["confirm", "cancel"]
    assert steps[0]["url"] == f"/api/v1/migrations/{migration.pk}/confirm/"
    assert "typed_name" in steps[0]["body"]


def test_a_person_is_offered_only_what_their_role_may(monkeypatch: pytest.MonkeyPatch) -> None:
    watches = frozenset({Capability.USE_API, Capability.VIEW_MIGRATIONS, Capability.RUN_MIGRATION})
    monkeypatch.setitem(ROLES, Role.HELPDESK, watches)
    client = APIClient()
    client.force_authenticate(UserFactory(helpdesk=True))
    migration = MigrationFactory(at_gate=True)
    steps = client.get(f"/api/v1/migrations/{migration.pk}/").json()["actions"]
    assert [step["name"] for step in steps] == ["cancel"]


def test_a_migration_is_drafted(client: APIClient) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk, "rows_per_second": 500}
    answer = client.post("/api/v1/migrations/", requested, format="json")
    assert answer.status_code == 201
    assert answer.json()["status"] == "draft"
    assert Migration.objects.get().rows_per_second == 500


@pytest.mark.parametrize(
    "wrong",
    [{"server": 999_999}, {"drain_seconds": -1}, {"pool": "x"}, {"rows_per_second": 10**30}],
)
def test_what_cannot_be_understood_is_refused_by_name(
    client: APIClient, wrong: dict[str, object]
) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk} | wrong
    answer = client.post("/api/v1/migrations/", requested, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(wrong)


def test_a_pooled_server_is_refused_with_the_reason(client: APIClient) -> None:
    pool = PoolFactory()
    requested = {"server": ServerFactory(pool=pool).pk, "pool": pool.pk}
    answer = client.post("/api/v1/migrations/", requested, format="json")
    assert answer.status_code == 409
    assert "already belongs to" in answer.json()["detail"]


def test_a_start_is_accepted(client: APIClient) -> None:
    migration = MigrationFactory(status=S.READY)
    answer = client.post(f"/api/v1/migrations/{migration.pk}/start/")
    assert answer.status_code == 202
    assert answer.json()["status"] == "running"


def test_a_busy_pool_is_a_conflict_that_names_the_holder(client: APIClient) -> None:
    first = MigrationFactory(status=S.READY)
    second = MigrationFactory(status=S.READY, pool=first.pool)
    client.post(f"/api/v1/migrations/{first.pk}/start/")
    answer = client.post(f"/api/v1/migrations/{second.pk}/start/")
    assert answer.status_code == 409
    assert answer.json()["held_by"] == first.pk
    assert str(first.server) in answer.json()["detail"]
    assert [step["name"] for step in answer.json()["actions"]] == ["start", "check", "cancel"]


def test_what_does_not_fit_is_a_conflict_with_the_reason(client: APIClient) -> None:
    migration = MigrationFactory()
    answer = client.post(f"/api/v1/migrations/{migration.pk}/pause/")
    assert answer.status_code == 409
    assert "does not fit now" in answer.json()["detail"]


def test_the_cutover_wants_the_servers_name(client: APIClient) -> None:
    migration = MigrationFactory(at_gate=True)
    address = f"/api/v1/migrations/{migration.pk}/confirm/"
    assert client.post(address).status_code == 400
    wrong = client.post(address, {"typed_name": "another"})
    assert wrong.status_code == 400
    assert migration.server.short_name in wrong.json()["errors"]["typed_name"][0]
    assert client.post(address, {"typed_name": migration.server.short_name}).status_code == 202


def test_a_roll_back_wants_the_servers_name(client: APIClient) -> None:
    migration = MigrationFactory(finished=True)
    address = f"/api/v1/migrations/{migration.pk}/roll-back/"
    assert client.post(address).status_code == 400
    wrong = client.post(address, {"typed_name": "another"})
    assert wrong.status_code == 400
    (step,) = wrong.json()["actions"]
    assert "typed_name" in step["body"]
    assert client.post(address, {"typed_name": migration.server.short_name}).status_code == 202


def test_events_come_after_the_number_that_is_known(client: APIClient) -> None:
    migration = MigrationFactory(copying=True, lines=["one", "two", "three"])
    address = f"/api/v1/migrations/{migration.pk}/events/"

    def after(number: int | str) -> list[str]:
        found = client.get(address, {"after": number}).json()["results"]
        return [event["text"] for event in found]

    assert after(1) == ["two", "three"]
    assert len(after("nonsense")) == 3
    for huge in ("9" * 19, "9" * 5000):
        assert after(huge) == []


def test_events_are_paged_without_a_gap_while_more_are_written(client: APIClient) -> None:
    migration = MigrationFactory(copying=True, lines=["one", "two", "three"])
    address: str | None = f"/api/v1/migrations/{migration.pk}/events/?after=1&limit=1"
    found = []
    while address:
        page = client.get(address).json()
        found += [event["sequence"] for event in page["results"]]
        if len(found) == 1:
            Event.objects.append(migration.pk, [Line("four"), Line("five")])
        address = page["next"]
    assert found == [2, 3, 4, 5]


def test_the_snapshot_has_everything_that_the_page_shows(client: APIClient) -> None:
    migration = MigrationFactory(copying=True, lines=["one"])
    snapshot = client.get(f"/api/v1/migrations/{migration.pk}/snapshot/").json()
    assert snapshot["migration"]["id"] == migration.pk
    assert len(snapshot["steps"]) == 12
    assert snapshot["progress"]["remaining_seconds"] is None
    assert snapshot["sequence"] == 1


def test_at_the_gate_the_snapshot_says_that_other_servers_go_on_writing(client: APIClient) -> None:
    migration = MigrationFactory(at_gate=True)
    table = TableTransferFactory(migration=migration, verified=True)
    ServerFactory(pool=migration.pool)
    compared = client.get(f"/api/v1/migrations/{migration.pk}/snapshot/").json()["compared"]
    assert datetime.fromisoformat(compared["at"]) == table.verified_at
    assert (compared["unequal"], "go on writing there" in compared["since"]) == (0, True)


def test_the_preflight_report_can_be_read(client: APIClient) -> None:
    finding = FindingFactory()
    found = client.get(f"/api/v1/migrations/{finding.migration.pk}/findings/").json()
    assert found[0]["check_id"] == finding.check_id


def test_the_cap_is_changed_and_lifted(client: APIClient) -> None:
    migration = MigrationFactory(copying=True)
    address = f"/api/v1/migrations/{migration.pk}/rate-limit/"
    assert client.post(address, {"rows_per_second": 900}, format="json").status_code == 202
    lifted = client.post(address, {"rows_per_second": None}, format="json")
    assert lifted.json()["rows_per_second"] is None
    for wrong in (0, 10_000_001, 3 * 10**9, 10**30):
        answer = client.post(address, {"rows_per_second": wrong}, format="json")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["rows_per_second"])


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5000])
def test_a_number_that_no_column_holds_is_one_that_is_not_there(
    client: APIClient, digits: str
) -> None:
    migration = MigrationFactory(at_gate=True)
    address = f"/api/v1/migrations/{migration.pk}"
    assert client.get(f"/api/v1/migrations/{digits}/").status_code == 404
    assert client.post(f"{address}/rejects/{digits}/correct/", {"value": "x"}).status_code == 404
    assert client.get(f"{address}/conflicts/?behind={digits}").status_code == 409
    assert client.get(f"{address}/rejects/?limit={digits}").status_code == 200
    assert client.get(f"{address}/rejects/?cursor={digits}").status_code == 404
    listed = client.get(f"/api/v1/migrations/?limit={digits}&offset={digits}")
    assert listed.status_code == 200


def test_no_secret_is_shown(client: APIClient) -> None:
    migration = MigrationFactory(copying=True)
    for path in READS:
        answer = client.get(f"/api/v1/migrations/{path.format(pk=migration.pk)}")
        assert "secret-of" not in answer.content.decode()


def test_the_chunks_are_sized_within_bounds(client: APIClient) -> None:
    migration = MigrationFactory(copying=True)
    address = f"/api/v1/migrations/{migration.pk}/chunk-size/"
    sized = client.post(address, {"chunk_rows": 9_000}, format="json")
    assert sized.status_code == 202
    assert sized.json()["chunk_rows"] == 9_000
    for wrong in (4_095, 200_001, "many"):
        assert client.post(address, {"chunk_rows": wrong}, format="json").status_code == 400
    back = client.post(address, {"chunk_rows": None}, format="json")
    assert back.json()["chunk_rows"] is None
    ended = MigrationFactory(finished=True)
    answer = client.post(f"/api/v1/migrations/{ended.pk}/chunk-size/", {"chunk_rows": 9_000})
    assert answer.status_code == 409


def test_a_rehearsal_is_drafted_and_then_the_migration(client: APIClient) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk, "kind": "rehearsal"}
    answer = client.post("/api/v1/migrations/", requested, format="json")
    assert answer.json()["kind"] == "rehearsal"
    refused = client.post(f"/api/v1/migrations/{answer.json()['id']}/migrate/")
    assert refused.status_code == 409
    assert "does not fit now" in refused.json()["detail"]

    rehearsed = MigrationFactory(rehearsed=True)
    (step,) = client.get(f"/api/v1/migrations/{rehearsed.pk}/").json()["actions"]
    assert step["name"] == "migrate"
    migrated = client.post(step["url"])
    assert migrated.status_code == 201
    assert migrated.json()["kind"] == "migration"
    assert migrated.json()["server"] == rehearsed.server.pk


def test_a_kind_that_is_none_is_refused(client: APIClient) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk, "kind": "trial"}
    answer = client.post("/api/v1/migrations/", requested, format="json")
    assert list(answer.json()["errors"]) == ["kind"]


def test_what_happens_to_values_is_decided_over_rest(client: APIClient) -> None:
    migration = MigrationFactory(started=True)
    url = f"/api/v1/migrations/{migration.pk}/values/"
    answer = client.post(url, {"nul": "convert", "incompatible": "reject"}, format="json")
    assert answer.status_code == 202
    assert answer.json()["values"] == {"nul": "convert", "incompatible": "reject"}
    assert client.post(url, {"incompatible": "convert"}, format="json").status_code == 400
    assert client.post(url, {}, format="json").json()["values"] == {}
    copying = MigrationFactory(copying=True)
    refused = client.post(f"/api/v1/migrations/{copying.pk}/values/", {"nul": "convert"})
    assert refused.status_code == 409
    assert "cannot be changed now" in refused.json()["detail"]


def test_what_opens_derby_is_taken_and_never_shown(client: APIClient) -> None:
    server, pool = ServerFactory(), PoolFactory()
    requested = {
        "server": server.pk,
        "pool": pool.pk,
        "values": {"nanoseconds": "convert"},
        "derby_login": {"boot_password": "boot-s3cret", "user": "sa", "password": "pass-s3cret"},
    }
    created = client.post("/api/v1/migrations/", requested, format="json")
    assert created.status_code == 201
    migration = Migration.objects.get()
    assert migration.value_policies.treatments() == {Loss.NANOSECONDS: Treatment.CONVERT}
    assert migration.derby_login.boot_password == "boot-s3cret"
    answer = client.post(
        f"/api/v1/migrations/{migration.pk}/derby-login/", {"user": "other"}, format="json"
    )
    migration.refresh_from_db()
    assert (migration.derby_user, migration.derby_boot_password) == ("other", "")
    shown = created.text + answer.text + client.get(f"/api/v1/migrations/{migration.pk}/").text
    assert "s3cret" not in shown


def test_incompatible_values_are_in_the_snapshot_and_among_the_findings(client: APIClient) -> None:
    finding = FindingFactory(
        group="compatibility", table="T", column="C", kind="nul", count=3, longest=9
    )
    base = f"/api/v1/migrations/{finding.migration.pk}"
    for found in (
        client.get(f"{base}/findings/").json(),
        client.get(f"{base}/snapshot/").json()["incompatible_values"],
    ):
        assert [(each["table"], each["kind"], each["count"]) for each in found] == [("T", "nul", 3)]


def test_the_policy_is_chosen_with_the_draft_and_changed_until_the_copy_begins(
    client: APIClient,
) -> None:
    requested = {"server": ServerFactory().pk, "pool": PoolFactory().pk, "conflict_policy": "pool"}
    made = client.post("/api/v1/migrations/", requested, format="json").json()
    assert (made["conflict_policy"], made["may_choose_policy"]) == ("pool", True)
    address = f"/api/v1/migrations/{made['id']}/policy/"
    answer = client.post(address, {"conflict_policy": "server"}, format="json")
    assert (answer.status_code, answer.json()["conflict_policy"]) == (202, "server")
    assert client.post(address, {"conflict_policy": "dice"}, format="json").status_code == 400
    Step.objects.filter(migration=made["id"], name=StepName.COPY).update(status=StepStatus.RUNNING)
    refused = client.post(address, {"conflict_policy": "pool"}, format="json")
    assert refused.status_code == 409
    assert "has begun" in refused.json()["detail"]


def test_conflicts_are_listed_with_both_sides(client: APIClient) -> None:
    conflict = ConflictFactory()
    RejectFactory(migration=conflict.migration)
    found = client.get(f"/api/v1/migrations/{conflict.migration_id}/conflicts/").json()["results"]
    assert found == [
        {
            "table": "devices",
            "row_key": conflict.row_key,
            "verdict": "replaced",
            "pool_side": {"sync_anchor": "17", "device_level": None},
            "server_side": {"sync_anchor": "42", "device_level": "=9.0"},
        }
    ]
    rejects = client.get(f"/api/v1/migrations/{conflict.migration_id}/rejects/").json()
    assert len(rejects["results"]) == 1
    # What the schema says of them is what is kept of them.
    assert f"the first {SHOWN_REJECTS:,}," in (MigrationViewSet.rejects.__doc__ or "")


def test_a_reject_is_set_aside_over_rest(client: APIClient) -> None:
    reject = RejectFactory()
    address = f"/api/v1/migrations/{reject.migration_id}/rejects/{reject.pk}/skip/"
    assert signed_in(helpdesk=True).post(address, {"note": "mine"}).status_code == 403
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"note": "A test account."}).json()["note"] == "A test account."
    elsewhere = f"/api/v1/migrations/{MigrationFactory().pk}/rejects/{reject.pk}/skip/"
    assert client.post(elsewhere, {"note": "not there"}).status_code == 404


def test_rows_are_compared_again_when_that_fits(client: APIClient) -> None:
    busy = MigrationFactory(copying=True)
    refused = client.post(
        f"/api/v1/migrations/{busy.pk}/verification/", {"kind": "verify"}, format="json"
    )
    assert refused.status_code == 409
    waiting = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    mismatch = MismatchFactory(migration=waiting)
    (listed,) = client.get(f"/api/v1/migrations/{waiting.pk}/mismatches/").json()["results"]
    assert listed["pool_side"] == {"sync_anchor": "17"}
    address = f"/api/v1/migrations/{waiting.pk}/verification/"
    huge = client.post(address, {"kind": "repair", "mismatches": [10**30]}, format="json")
    assert (huge.status_code, list(huge.json()["errors"])) == (400, ["mismatches"])
    gone = client.post(address, {"kind": "repair", "mismatches": [2**63 - 1]}, format="json")
    assert gone.status_code == 409
    # Named twice it is one row.
    request = {"kind": "repair", "mismatches": [mismatch.pk, mismatch.pk]}
    asked = client.post(address, request, format="json")
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    again = client.post(address, request, format="json")
    assert again.status_code == 409
    found = client.get(f"/api/v1/migrations/{waiting.pk}/verifications/").json()["results"]
    assert [each["kind"] for each in found] == ["repair"]


def test_a_reject_is_corrected_over_rest_where_one_value_kept_it_out(client: APIClient) -> None:
    waiting = MigrationFactory(at_gate=True, source_sha256="0" * 64)
    reject = RejectFactory(migration=waiting, column="note", row_number=7)
    whole = RejectFactory(migration=waiting, column="", row_number=None)
    address = f"/api/v1/migrations/{waiting.pk}/rejects/{{}}/correct/"
    assert signed_in(helpdesk=True).post(address.format(reject.pk)).status_code == 403
    assert client.post(address.format(reject.pk), {}).status_code == 400
    assert client.post(address.format(whole.pk), {"value": "x"}).status_code == 409
    asked = client.post(address.format(reject.pk), {"value": "short"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "replay")
    assert "short" not in AuditEntry.objects.get(action="apply_correction").detail
