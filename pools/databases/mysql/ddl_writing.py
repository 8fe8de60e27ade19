"""MySQL's DDL without a server."""

from __future__ import annotations

from pools.databases.ddl_writing import DdlWriting

# MySQL's backend asks the server what it is. The oldest that Django writes for serves here: of the
# newer ones and of MariaDB it only knows more, nothing else.
DDL_WRITING = DdlWriting(
    attributes={
        "mysql_server_data": {
            "version": "8.0.11",
            "sql_mode": "STRICT_TRANS_TABLES",
            "default_storage_engine": "InnoDB",
            "sql_auto_is_null": False,
            "lower_case_table_names": False,
            "has_zoneinfo_database": False,
        }
    }
)
