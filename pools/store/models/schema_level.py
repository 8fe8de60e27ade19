"""Which levels of the schema the database has."""

from __future__ import annotations

from django.db import models


class SchemaLevel(models.Model):
    """One row a level; complete when all its operations are done (see `schema.py`)."""

    level = models.CharField(primary_key=True, max_length=64)
    operations_done = models.IntegerField()
    operations_total = models.IntegerField()

    class Meta:
        db_table = "schema_level"

    def __str__(self) -> str:
        return self.level
