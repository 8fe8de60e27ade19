"""The capabilities: what a person may see or do, in the words of the console's days.

Code asks for one of these by `permissions.may`; only `roles.py` says who has it.
"""

from __future__ import annotations

from django.db import models


class Capability(models.TextChoices):
    """The value is its name in code, API and docs; the label says what it allows."""

    VIEW_POOLS = "view_pools", "See pools and servers: health, members, users, operations."
    ADD_POOLS = "add_pools", "Add pools, servers and databases."
    EDIT_POOLS = "edit_pools", "Change pools."
    EDIT_SERVERS = "edit_servers", "Change and retire servers; accept a new SSH host key."
    CHECK_SERVER = "check_server", "Run read-only commands on a server; try its logins again."
    COLLECT_LOGS = "collect_logs", "Collect a server's logs and download them."
    DRAIN_SERVER = "drain_server", "Drain a server and return it to service."
    VIEW_DATABASES = "view_databases", "See databases and their checks; download the DBA's SQL."
    EDIT_DATABASES = "edit_databases", "Change databases and their passwords."
    CHECK_DATABASE = "check_database", "Have a database checked, or its schema level read."
    VIEW_LOGINS = "view_logins", "See the names of logins, never their secrets."
    EDIT_LOGINS = "edit_logins", "Add and change logins."
    VIEW_PROFILES = "view_profiles", "See command profiles."
    EDIT_PROFILES = "edit_profiles", "Add and change command profiles."
    LOOK_UP_USERS = "look_up_users", "Find users and devices, and open a user's page."
    QUERY_USER = "query_user", "Have a server queried about a user."
    VIEW_MIGRATIONS = "view_migrations", "See migrations: progress, log, report, retained rows."
    DRAFT_MIGRATION = "draft_migration", "Draft a migration, check it, choose how rows are treated."
    RUN_MIGRATION = "run_migration", "Start, pause, resume, retry, pace and cancel a migration."
    CUT_OVER_MIGRATION = "cut_over_migration", "Cut a server over to the pool."
    ROLL_BACK_MIGRATION = "roll_back_migration", "Roll a migration back after the cut-over."
    CORRECT_ROWS = "correct_rows", "Compare and repair rows; correct or skip rejected rows."
    PURGE_RETAINED = "purge_retained", "Purge what a migration retains; it then stands for good."
    VIEW_AUDIT = "view_audit", "Read the audit: who did what."
    USE_API = "use_api", "Create API tokens, and read the API's description."


# They reach over the pools' borders: only a role that holds for all pools has them.
OF_ALL_POOLS = frozenset(
    {
        Capability.ADD_POOLS,
        Capability.VIEW_LOGINS,
        Capability.EDIT_LOGINS,
        Capability.VIEW_PROFILES,
        Capability.EDIT_PROFILES,
        Capability.VIEW_AUDIT,
    }
)
