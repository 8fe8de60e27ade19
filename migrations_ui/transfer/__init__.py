"""The transfer engine: copies a Derby database into a pool's database, losing and doubling nothing.

No Django model and no Celery in here. Steps, tasks and benchmarks use these names::

    from migrations_ui.transfer.derby.snapshot import take_copy, directory_digest
    from migrations_ui.transfer.derby.reader import DerbySource
    from migrations_ui.transfer.plan.planner import plan_transfer, TransferPlan, PlanFinding
    from migrations_ui.transfer.tables import TablePlan
    from migrations_ui.transfer.copy.pipeline import copy, CopyOutcome, CopyResult, TableResult
    from migrations_ui.transfer.settings import TransferSettings
    from migrations_ui.transfer.control import Control, Decision, Observer, Unattended, Silent
    from migrations_ui.transfer.compare.verify import verify, TableVerdict
    from migrations_ui.transfer.compare.repair import repair_table
    from migrations_ui.transfer.undo.rollback import remove_run, RemovedTable
    from migrations_ui.transfer.checkpoint.rejects import list_rejects, Reject
    from migrations_ui.transfer.merge.conflicts import list_conflicts, read_conflicts
    from migrations_ui.transfer.undo.retained import list_kept, KeptTable
    from migrations_ui.transfer.undo.purge import clear_run, Cleared
    from migrations_ui.transfer.merge_policy import Policy, MeetingRules, Met
    from migrations_ui.transfer.errors import TransferError  # the tree's root; str(e) is for people

Reading::

    take_copy(original: Path, destination: Path, *, on_progress=None) -> CopiedDirectory
        # .digest, .bytes; a private copy of a quiet Derby directory (one holding
        # service.properties). The original is only read; SourceLocked while db.lck is there.
        # A directory fetched by SFTP is as good.
    directory_digest(directory: Path) -> str
        # SHA-256 over every file's name and content: prove "never written" by comparing two.
    with DerbySource(private_copy: Path, login=None) as source:  # one JVM; ended with the block
        # DerbyLogin(boot_password, user, password) opens what does not open by itself.
        source.catalog() -> SourceCatalog                # .tables, and .ignored views and synonyms

Planning and copying (call both again to resume: what is committed is never redone)::

    plan_transfer(source, login, *, exclude=frozenset(), treatments=None, alone=True)
        -> TransferPlan
        # .tables: biggest first, parents before children;
        # .findings: PlanFinding(table, column, problem, blocks: bool, remedy)
        # .blocked: some finding blocks; .row_count: exact total
        # alone: no server uses the database yet; else less can be done about tables that refer to
        # themselves or to each other (aside.py).
        # treatments: lossy.Treatments, what becomes of values that would lose something; the same
        # for every call of a run, because digests and keys follow from it.
    consistency.check_source(plan, source, *, on_rows) -> SourceCheck
        # .inconsistent: tables that disagree with their indexes, with both counts
    compatibility.measure(plan, source, *, syntax, on_rows) -> Iterator[IncompatibleColumn]
        # .table, .column, .kind, .count, .longest, .loss: every value that does not fit, counted
        # in one scan a table, before anything is written
    copy(plan, *, source, login, run_id, settings=None, observer=None, control=None) -> CopyResult
        # TransferSettings(exclusive=True) for the first server of a pool: nobody else uses the
        # database, so keys of empty tables are made after the load (twice as fast, and crash-safe).
        # .outcome: CopyOutcome.FINISHED | PAUSED | STOPPED; .tables: TableResult(name, rows_total,
        #   rows_written (inserted), met: Met(updated, equal, kept), rows_rejected, finished).
        #   RowsInTheWay when the policy is to stop at rows that both sides have, RefersToNothing
        #   when a foreign key cannot be put back.
        #   Raises TargetLost after bounded reconnects,
        #   RunnerReplaced when another worker carries the same run on.

After the copy::

    verify(plan, *, source, login, run_id, rules=…, masking=…, observer=None, control=None)
        -> tuple[TableVerdict, ...]      # .table, .equal, .verified_at, .rows_source,
                                         # .rows_target, .mismatches,
                                         # .differences: RowDifference(key, kind, columns)
    repair_table(table_plan, *, source, login, run_id) -> RepairResult(rows_rewritten)
    # repair_table(…, keys=[…]): only these, as differences have them
        # MeetingRules: which row is newer; Masking: what is shown of values. Without one no text
        # and no bytes beside a key are.
    list_conflicts(plan, *, login, run_id, limit=1000, masking=…)
        -> list[Conflict(table, key, verdict, values: ValuePair(column, pool, server))]
    read_conflicts(table_plans, *, login, run_id, limit, behind=None, verdict="",
        masking=…)
        -> ConflictPage(conflicts, end: Place | None)   # all of them, page by page; the plans may
        # be those that remembered.packed(table_plan) kept as text: no source is needed
    list_rejects(login, *, run_id, limit=1000)
        -> list[Reject(table, row_number, key, column, reason, preview)]
    remove_run(plan, *, source, login, run_id, observer=None) -> tuple[RemovedTable, ...]
        # rollback: removes what this run inserted and puts back what it replaced, by key;
        # ReferredTo where rows of others refer to them by now
    list_kept(login) -> tuple[KeptTable(name, purpose, of, size, rows: by run), ...]
    clear_run(login, *, run_id, drop_tables, control=None) -> Cleared(rows, dropped)
        # gives up all that a run keeps beside the rows: nothing of the above is possible after it

Observer methods are called from the copying threads; make them thread-safe and quick::

    table_started(table: str, rows_total: int, rows_already: int)
    chunk_committed(table: str, first_row: int, rows: int, rows_done: int, seconds: float)
    table_finished(table: str, rows_written: int, rows_rejected: int)
    table_verified(table: str, equal: bool, mismatches: int)
    rejected(reject: Reject)
    slowed(times: float)                 # holds itself back: the target settles chunks slower
    recovered(*, accepted: bool)         # full speed again; accepted: the target stayed slow
    note(text: str)

Control is asked between chunks (and while throttled) from the copying threads::

    decide() -> Decision.GO | Decision.PAUSE | Decision.STOP
    rows_per_second() -> int | None      # over all tables together; None: no limit
    chunk_rows() -> int | None           # of the chunks that begin from now on; None: the settings'
"""

from __future__ import annotations
