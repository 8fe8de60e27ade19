"""The transfer engine: copies a Derby database into a pool's database, losing and doubling nothing.

No Django model and no Celery in here; steps, services and benchmarks call it from above. In the
order of a migration:

`derby/`        opens a private copy of the server's database (`DerbySource`) and reads it
`plan/`         matches both sides (`plan_transfer`), checks the source and measures every value
`copy/`         copies chunk by chunk (`copy`): called again, it resumes where the last commit was
`checkpoint/`   what a run has committed, in the target, in the rows' own transaction
`merge/`        rows that both sides have, and both versions of each
`compare/`      compares both sides (`verify`) and writes rows again (`repair_table`)
`corrections/`  writes a rejected row as a person corrected it (`apply_correction`)
`undo/`         rollback by key (`remove_run`), and the purge of what a run retains (`purge_run`)
`pacing/`       chunk sizes, throttling, reconnecting
`engines/`      one folder a database engine

An `Observer` hears what happens and a `Control` says whether to go on (`control.py`); both are
called from the copying threads. Errors are `TransferError`s, whose text is for people
(`errors.py`).
"""
