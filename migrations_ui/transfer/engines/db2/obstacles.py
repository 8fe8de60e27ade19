"""What keeps rows out of a table, or changes them on their way, by Db2's catalogue.

The length of an index's key is looked at when it is made, so that no value is too long for one.
"""

from __future__ import annotations

OBSTACLES = """
    SELECT TABNAME, TYPE, '' FROM SYSCAT.TABLES
     WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE IN ('V', 'N', 'A', 'S')
    UNION ALL
    SELECT TABNAME, 'trigger', TRIGNAME FROM SYSCAT.TRIGGERS
     WHERE TABSCHEMA = CURRENT SCHEMA
    UNION ALL
    SELECT TABNAME, 'waits for its integrity to be checked',
           'Have the DBA run SET INTEGRITY for it.'
      FROM SYSCAT.TABLES
     WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE = 'T' AND STATUS = 'C'
    UNION ALL
    SELECT TABNAME, 'is not open for changes',
           'Have the DBA end the load or the SET INTEGRITY that left it so.'
      FROM SYSCAT.TABLES
     WHERE TABSCHEMA = CURRENT SCHEMA AND TYPE = 'T' AND STATUS <> 'C' AND ACCESS_MODE <> 'F'
"""
KINDS = {"V": "a view", "N": "a nickname", "A": "an alias", "S": "a materialized query table"}
