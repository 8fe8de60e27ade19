"""Keeps the pool store out of every database in `settings.DATABASES`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

STORE_LABEL = "store"
STORE_ALIAS = "pool_store"


class StoreRouter:
    """Sends store models to an alias the console does not have, so that a slip fails at once.

    `schema.apply_schema` creates the tables on a private connection and does not ask routers.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return STORE_ALIAS if model._meta.app_label == STORE_LABEL else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self.db_for_read(model, **hints)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if app_label == STORE_LABEL else None
