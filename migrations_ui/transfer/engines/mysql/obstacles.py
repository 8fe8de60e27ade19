"""What keeps rows out of a table, or changes them on their way, by information_schema.

A trigger is seen by a login with the TRIGGER right only.
"""

from __future__ import annotations

OBSTACLES = """
    SELECT table_name, table_type, ''
      FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type IN ('VIEW', 'SYSTEM VERSIONED', 'SEQUENCE')
    UNION ALL
    SELECT event_object_table, 'trigger', trigger_name
      FROM information_schema.triggers
     WHERE event_object_schema = DATABASE()
"""
KINDS = {
    "VIEW": "a view",
    "SYSTEM VERSIONED": "a system-versioned table",
    "SEQUENCE": "a sequence",
}
