"""Addresses under /migrations/."""

from __future__ import annotations

from django.urls import path

from migrations_ui.views import (
    actions,
    confirmations,
    conflicts,
    destination,
    live,
    log,
    migrations,
    pace,
    policy,
    preflight,
    rejects,
    report,
    retained,
    source,
    source_options,
    verification,
)

app_name = "migrations_ui"

urlpatterns = [
    path("", migrations.migrations, name="migrations"),
    path("new/", source.choose_server, name="choose_server"),
    path("new/<int:server_pk>/", destination.choose_pool, name="choose_pool"),
    path("<int:pk>/", live.migration, name="migration"),
    path("<int:pk>/live/", live.live, name="live"),
    path("<int:pk>/log.txt", log.log, name="log"),
    path("<int:pk>/preflight/", preflight.preflight, name="preflight"),
    path("<int:pk>/rejects/", rejects.rejects, name="rejects"),
    path("<int:pk>/rejects.csv", rejects.rejects_csv, name="rejects_csv"),
    path("<int:pk>/rejects/<int:reject_pk>/skip/", rejects.skip_reject, name="skip_reject"),
    path("<int:pk>/rejects/<int:reject_pk>/correct/", rejects.correct, name="correct"),
    path("<int:pk>/conflicts/", conflicts.conflicts, name="conflicts"),
    path("<int:pk>/conflicts.csv", conflicts.conflicts_csv, name="conflicts_csv"),
    path("<int:pk>/verification/", verification.verification, name="verification"),
    path("<int:pk>/verify-again/", verification.verify_again, name="verify_again"),
    path("<int:pk>/repair/", verification.repair, name="repair"),
    path("<int:pk>/policy/", policy.policy, name="policy"),
    path("<int:pk>/retained/", retained.by_migration, name="retained_by_migration"),
    path("<int:pk>/purge/", retained.purge, name="purge"),
    path("databases/<int:database_pk>/", retained.in_database, name="retained"),
    path("databases/<int:database_pk>/read/", retained.read, name="retained_read"),
    path("<int:pk>/report/", report.report, name="report"),
    path("<int:pk>/report.json", report.report_json, name="report_json"),
    path("<int:pk>/check/", actions.check, name="check"),
    path("<int:pk>/start/", confirmations.start, name="start"),
    path("<int:pk>/pause/", actions.pause, name="pause"),
    path("<int:pk>/resume/", actions.resume, name="resume"),
    path("<int:pk>/retry/", actions.retry, name="retry"),
    path("<int:pk>/migrate/", actions.migrate, name="migrate"),
    path("<int:pk>/pace/", pace.pace, name="pace"),
    path("<int:pk>/chunk-size/", pace.chunk_size, name="chunk_size"),
    path("<int:pk>/values/", source_options.values, name="values"),
    path("<int:pk>/derby-login/", source_options.derby_login, name="derby_login"),
    path("<int:pk>/confirm/", confirmations.confirm, name="confirm"),
    path("<int:pk>/cancel/", confirmations.cancel, name="cancel"),
    path("<int:pk>/rollback/", confirmations.roll_back, name="roll_back"),
]
