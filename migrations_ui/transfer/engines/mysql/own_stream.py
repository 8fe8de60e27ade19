"""What MySQL's client library may send to a server that asks for a local file: our rows only.

A server names the file that it wants, and may ask for one in answer to any statement. So every
connection of ours refuses that (pools/databases/mysql/connecting.py), and one of a copy allows it
for the time of its own LOAD DATA, with a handler that knows no files. The driver has no words for
either, so its library is called directly; where that is not possible rows go in by INSERT.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from MySQLdb import _mysql

LOCAL_INFILE_OPTION = 8  # MYSQL_OPT_LOCAL_INFILE of both libraries
OPENED, ENDED, FAILED = 0, 0, -1

_Init = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_Read = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint)
_End = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_Error = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint)


class NotPossible(Exception):
    """Why the library cannot be given what to send."""


@contextmanager
def own_stream(connection: Any, descriptor: int) -> Iterator[None]:
    """Around one LOAD DATA LOCAL: what the server asks for is what can be read there, whatever
    file it names. Raises NotPossible."""
    library, handle = _library(), _handle(connection)
    failed = ctypes.create_string_buffer(b"The rows could not be read.")

    def read(_: int, buffer: int, size: int) -> int:
        try:
            piece = os.read(descriptor, size)
        except OSError:
            return FAILED
        ctypes.memmove(buffer, piece, len(piece))
        return len(piece)

    def error(_: int, buffer: int, size: int) -> int:
        ctypes.memmove(buffer, failed, min(size, len(failed)))
        return 2000

    handlers = _Init(lambda *_: OPENED), _Read(read), _End(lambda *_: None), _Error(error)
    library.mysql_set_local_infile_handler(handle, *handlers, None)
    _allow(handle, True)
    try:
        yield
    finally:
        _allow(handle, False)
        library.mysql_set_local_infile_default(handle)


def why_not(connection: Any) -> str:
    """Why rows cannot go in so; empty when they can."""
    try:
        _library()
        _handle(connection)
    except NotPossible as error:
        return str(error)
    return ""


def _allow(handle: ctypes.c_void_p, on: bool) -> None:
    _library().mysql_options(handle, LOCAL_INFILE_OPTION, ctypes.byref(ctypes.c_uint(on)))


@cache
def _library() -> ctypes.CDLL:
    """The one that the driver uses. MariaDB's only: it looks at the permission when a server asks,
    MySQL's has it fixed when it connects."""
    library = ctypes.CDLL(_mysql.__file__)
    names = ("mariadb_get_infov", "mysql_set_local_infile_handler", "mysql_thread_id")
    if missing := [name for name in names if not hasattr(library, name)]:
        raise NotPossible(f"the driver's library has no {missing[0]}")
    library.mysql_set_local_infile_handler.argtypes = (
        *(ctypes.c_void_p, _Init, _Read, _End, _Error),
        ctypes.c_void_p,
    )
    library.mysql_set_local_infile_handler.restype = None
    library.mysql_set_local_infile_default.argtypes = (ctypes.c_void_p,)
    library.mysql_set_local_infile_default.restype = None
    library.mysql_options.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    library.mysql_thread_id.argtypes = (ctypes.c_void_p,)
    library.mysql_thread_id.restype = ctypes.c_ulong
    return library


def _handle(connection: Any) -> ctypes.c_void_p:
    """The library's connection, which is the first thing in the driver's object."""
    handle = ctypes.c_void_p(id(connection) + object.__basicsize__)
    if _library().mysql_thread_id(handle) != connection.thread_id():
        raise NotPossible("the driver's connection has another layout")
    return handle
