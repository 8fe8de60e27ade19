"""Db2's DDL without a server."""

from __future__ import annotations

from pools.databases.ddl_writing import DdlWriting

# Db2 knows this clause from 10.5 on, and the article asks for 9.7; rows are its default anyway.
DDL_WRITING = DdlWriting(removed=" ORGANIZE BY ROW")
