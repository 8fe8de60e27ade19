"""The pool store's tables, one noun a file.

Table and column names are lower case and unreserved on Db2, SQL Server, MySQL and PostgreSQL.
Keys are natural, so that the data of two servers can meet in one pool; the longest key
(254 + 64 + 64 characters) fits the index limits of all four. Points in time are UTC.
"""

from __future__ import annotations

from pools.store.models.attachment import Attachment
from pools.store.models.device import Device
from pools.store.models.doc_state import DocState
from pools.store.models.folder_state import FolderState
from pools.store.models.schema_level import SchemaLevel
from pools.store.models.sec_record import SecRecord
from pools.store.models.server import PoolServer
from pools.store.models.setting import Setting
from pools.store.models.user import StoreUser

__all__ = [
    "Attachment",
    "Device",
    "DocState",
    "FolderState",
    "PoolServer",
    "SchemaLevel",
    "SecRecord",
    "Setting",
    "StoreUser",
]
