"""What stands behind the `?` of a database's URL, as its Django backend takes it.

Every option arrives: those that a backend has no setting for go into its driver's connection
string, and none replaces the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Settings = dict[str, Any]
Options = Mapping[str, Any]

# Of django.db.backends.mysql: what MySQLdb takes as the parts of one argument.
MYSQL_SSL = ("ca", "capath", "cert", "key", "cipher")
# Settings of the mssql backend; everything else is a keyword of the connection string.
SQLSERVER_BACKEND = frozenset(
    {
        *("python_driver", "driver", "dsn", "host_is_server", "extra_params", "collation"),
        *("connection_timeout", "connection_retries", "connection_retry_backoff_time"),
        *("query_timeout", "isolation_level", "unicode_results", "datefirst"),
        *("return_rows_bulk_insert", "setencoding", "setdecoding"),
    }
)
# What ibm_db_django reads beside OPTIONS.
DB2_BACKEND = frozenset(
    {
        *("CURRENTSCHEMA", "SECURITY", "SSLCLIENTKEYDB", "SSLCLIENTKEYSTOREDB", "PCONNECT"),
        *("SSLCLIENTKEYSTOREDBPASSWORD", "SSLCLIENTKEYSTASH", "SSLSERVERCERTIFICATE"),
    }
)
# Keywords that follow the name of a Db2 database in the connection string.
DB2_KEYWORDS = "KEYWORDS"
# A keyword and its value, which may hold a semicolon in braces.
_PARTS = re.compile(r"(?:\{(?:[^}]|\}\})*\}|[^;{])+")
TRUTHS = {"true": True, "false": False}


def as_settings(backend: str, options: Options) -> Settings:
    """Keys of a `settings.DATABASES` entry for options of a URL."""
    return BY_BACKEND.get(backend, _plain)(options)


def merged(*parts: Settings) -> Settings:
    """Entries put together; of two that say the same, the later one counts."""
    found: Settings = {}
    for part in parts:
        for key, value in part.items():
            if key == "OPTIONS":
                found[key] = _merged_options(found.get(key, {}), value)
            elif key == DB2_KEYWORDS:
                found[key] = {**found.get(key, {}), **value}
            else:
                found[key] = value
    return found


def completed(entry: Settings) -> Settings:
    """The entry as the backend takes it: Db2's keywords have no other way than its name."""
    entry = dict(entry)
    keywords = entry.pop(DB2_KEYWORDS, {})
    if keywords:
        entry["NAME"] += "".join(f";{name}={value}" for name, value in keywords.items())
    return entry


def connection_string(keywords: Options) -> str:
    """`Encrypt=yes;…`; a value that holds more than plain characters stands in braces."""
    return ";".join(f"{name}={_braced(str(value))}" for name, value in keywords.items())


def _plain(options: Options) -> Settings:
    return {"OPTIONS": dict(options)}


def _postgresql(options: Options) -> Settings:
    pool = str(options.get("pool", "")).casefold()
    chosen = {"pool": TRUTHS[pool]} if pool in TRUTHS else {}
    return {"OPTIONS": {**options, **chosen}}


def _mysql(options: Options) -> Settings:
    parts = {name: options[f"ssl_{name}"] for name in MYSQL_SSL if f"ssl_{name}" in options}
    kept = {
        name: value for name, value in options.items() if name.removeprefix("ssl_") not in parts
    }
    if not parts:
        return {"OPTIONS": kept}
    # Who names an authority wants the server compared with it.
    verified = {"ssl_mode": "VERIFY_IDENTITY"} if "ca" in parts or "capath" in parts else {}
    return {"OPTIONS": {**verified, **kept, "ssl": parts}}


def _sqlserver(options: Options) -> Settings:
    own = {name: value for name, value in options.items() if name in SQLSERVER_BACKEND}
    keywords = {name: value for name, value in options.items() if name not in own}
    texts = [text for text in (own.get("extra_params"), connection_string(keywords)) if text]
    return {"OPTIONS": own | ({"extra_params": ";".join(texts)} if texts else {})}


def _db2(options: Options) -> Settings:
    """Whatever its case: neither the backend nor the driver distinguishes names by it."""
    upper = {name.upper(): value for name, value in options.items()}
    own = {name: value for name, value in upper.items() if name in DB2_BACKEND}
    keywords = {name: value for name, value in upper.items() if name not in DB2_BACKEND}
    return own | ({DB2_KEYWORDS: keywords} if keywords else {})


def _merged_options(first: Options, second: Options) -> Settings:
    found = {**first, **second}
    texts = [each["extra_params"] for each in (first, second) if each.get("extra_params")]
    if len(texts) > 1:
        found["extra_params"] = _joined(*texts)
    return found


def _joined(first: str, second: str) -> str:
    """Two connection strings as one; the driver refuses a keyword that is there twice."""
    said = {_keyword(part) for part in _PARTS.findall(second)}
    kept = [part for part in _PARTS.findall(first) if _keyword(part) not in said]
    return ";".join((*kept, second))


def _keyword(part: str) -> str:
    return part.partition("=")[0].strip().casefold()


def _braced(value: str) -> str:
    special = set(value) & set(";{}= ")
    return "{" + value.replace("}", "}}") + "}" if special else value


BY_BACKEND: dict[str, Callable[[Options], Settings]] = {
    "django.db.backends.postgresql": _postgresql,
    "django.db.backends.mysql": _mysql,
    "mssql": _sqlserver,
    "ibm_db_django": _db2,
}
