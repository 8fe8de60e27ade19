"""What of the store's text may be shown: a new column is private until somebody says otherwise."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from pools.store.visible_columns import PLAIN

PRIVATE = {
    ("attachments", "file_name"),
    ("attachments", "content"),
    ("devices", "sms_address"),
    ("doc_state", "subject"),
    ("doc_state", "content_digest"),
    ("folder_state", "folder_name"),
    ("sec_records", "remark"),
    ("settings", "content"),
}
# The pool has its own; no rows of these are carried over.
OF_THE_POOL = {"servers", "schema_level"}


def test_what_people_wrote_is_private_and_nothing_is_plain_that_is_not_there() -> None:
    private, known = set(), set()
    for model in apps.get_app_config("store").get_models():
        table = model._meta.db_table
        key = {field.column for field in model._meta.pk_fields}
        for field in model._meta.concrete_fields:
            known.add((table, field.column))
            is_text = isinstance(field, models.CharField | models.TextField | models.BinaryField)
            if is_text and field.column not in key | set(PLAIN.get(table, ())):
                private.add((table, field.column))
    assert {each for each in private if each[0] not in OF_THE_POOL} == PRIVATE
    assert {(table, column) for table, plain in PLAIN.items() for column in plain} <= known
