from __future__ import annotations

from pools.databases.jdbc_form import JdbcForm, read_query, write_query

JDBC = JdbcForm(
    prefix="jdbc:toy://",
    write_tail=write_query,
    read_tail=read_query,
    tls={"verified": (("toyTls", "verified"),)},
)
