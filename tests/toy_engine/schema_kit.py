from __future__ import annotations

from pools.databases.kit_order import KitOrder
from pools.databases.schema_kit import ANY_NAME, NAME_MESSAGE, KitDialect, Rule, level_query


def run(_order: KitOrder, file: str) -> str:
    return f"toysql {file}"


def schema(_order: KitOrder) -> str:
    return "main"


def create_database(order: KitOrder) -> str:
    return f"CREATE TOY {order.new.name};"


def tables(_order: KitOrder, sql: str, _empty: bool) -> str:
    return sql


def grants(order: KitOrder) -> str:
    return f"GRANT TOYS TO {', '.join(order.logins)};"


KIT = KitDialect(
    rules={"name": Rule(ANY_NAME, NAME_MESSAGE, 20, required=True)},
    who="whoever has toys",
    run=run,
    schema=schema,
    create_database=create_database,
    tables=tables,
    grants=grants,
    verify=level_query,
    notes=(),
    tried="Nothing.",
)
