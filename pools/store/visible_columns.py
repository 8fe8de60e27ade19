"""Whose text of the pool store may be shown beside a row's key: who it is, and what kind of thing.

Facts of this schema (`models/`), for whoever shows values of its rows. All other text and bytes
are what people wrote or own: subjects, names of folders and files, settings, remarks, telephone
numbers.
"""

from __future__ import annotations

PLAIN = {
    "users": frozenset(
        {
            *("internet_address", "display_name", "mail_server", "mail_file"),
            *("master_server", "bound_server"),
        }
    ),
    "devices": frozenset({"device_provider", "device_type", "device_level", "approver_ids"}),
    "doc_state": frozenset({"folder_id"}),
    "attachments": frozenset({"content_type"}),
    "sec_records": frozenset({"requested_by"}),
}
