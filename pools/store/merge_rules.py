"""What the pool store's schema says about two rows of the same key, one of a joining server.

Facts of this schema (`models/`), for whoever decides between the rows: which column tells how
recent a row is, and which rows belong to a device. A table that is not in AGES has no such
column.
"""

from __future__ import annotations

AGES = {
    "users": "last_connect",
    "devices": "last_sync_time",
    "folder_state": "last_sync_time",
    "doc_state": "modified",
    "attachments": "stored",
    "sec_records": "requested_on",
    "settings": "changed",
}

# A device whose sync anchor is of one side and whose document states are of the other does not
# know what it has: where both sides have such a row, it goes where the device's row went.
DEVICE_KEY = ("username", "device_id")
OF_A_DEVICE = ("folder_state", "doc_state")
DEVICES = "devices"
