"""The preflight checks as a run of their own, before a migration is started."""

from __future__ import annotations

import structlog

from migrations_ui.models import Migration
from migrations_ui.preflight.gathering import gather
from migrations_ui.preflight.outage import longest_outage
from migrations_ui.preflight.report import save_report
from migrations_ui.runner.lease import holding_lease
from migrations_ui.runner.outages import CONSOLE_AWAY
from migrations_ui.runner.status import change_status
from migrations_ui.states import Level, MigrationStatus, Outcome
from migrations_ui.transfer.errors import RunnerReplaced
from pools.models.secret import SecretUnreadable

logger = structlog.get_logger(__name__)


def run_checks(migration_id: int) -> None:
    """Make the report and end the checking: ready, or a draft when something blocks."""
    with holding_lease(migration_id) as heartbeat:
        if heartbeat is None:
            return
        migration = Migration.objects.for_run(migration_id)
        if migration.state is not MigrationStatus.CHECKING:
            return
        try:
            facts = gather(migration)
            if heartbeat.holds():
                with heartbeat.writing():
                    limit = longest_outage(facts) if migration.is_rehearsal else None
                    Migration.objects.filter(pk=migration_id).update(
                        source_bytes=facts.host.traveler_bytes, outage_limit=limit
                    )
                    findings = save_report(migration, facts)
                    _conclude(migration, [finding.outcome for finding in findings])
        except RunnerReplaced:
            return
        except CONSOLE_AWAY as error:
            # It is still CHECKING, and the beat queues it again.
            logger.warning("the console database is away", migration=migration_id, error=str(error))
        except Exception as error:
            logger.exception("the checks failed unexpectedly", migration=migration_id)
            _give_up(migration, error)


def _give_up(migration: Migration, error: Exception) -> None:
    # Left in CHECKING, the run would count as abandoned and be queued again for ever. What the
    # error says may hold anything, so only its kind is shown.
    change_status(
        migration,
        new=MigrationStatus.DRAFT,
        text=(
            f"The checks ended. {error}"
            if isinstance(error, SecretUnreadable)
            else f"The checks ended with something unforeseen ({type(error).__name__}). "
            "The worker's log has the details; check again, and report it if it comes again."
        ),
        level=Level.ERROR,
    )


def _conclude(migration: Migration, outcomes: list[str]) -> None:
    blockers = outcomes.count(Outcome.BLOCKER)
    warnings = outcomes.count(Outcome.WARNING)
    counted = f"{len(outcomes)} checks, {blockers} blockers, {warnings} warnings."
    change_status(
        migration,
        new=MigrationStatus.DRAFT if blockers else MigrationStatus.READY,
        text=counted,
        level=Level.WARNING if blockers else Level.INFO,
    )
