"""What each engine's kit has to look like, all files one after another:
`tests/pools/databases/<engine>/schema_kit.txt`.

`python -m tests.pools.store.kit.golden_files` writes them again; read the difference before you
keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

DATABASES = Path(__file__).parents[2] / "databases"


def golden_file(engine: str) -> Path:
    return DATABASES / engine / "schema_kit.txt"


def kit_text(engine: str) -> str:
    """All files of a kit whose levels are small enough to be read here."""
    from pools.databases.kit_order import StoreLevel
    from pools.store.kit.files import kit_files
    from tests.pools.store.kit.orders import order

    levels = (
        StoreLevel("0001_initial", "CREATE TABLE a_level (its_columns INTEGER);\n"),
        StoreLevel("0002_remark", "ALTER TABLE a_level ADD COLUMN remark INTEGER;\n"),
    )
    made = order(
        engine,
        levels=levels,
        level_found="0001_initial",
        schema="" if engine == "mysql" else "LNT",
        new={"path": "D:\\Data" if engine == "sqlserver" else "/db2/data", "alias": "TRAV"},
    )
    return "\n".join(f"===== {file.name}\n{file.text}" for file in kit_files(made))


def main() -> None:
    import django

    from pools.databases.engines import ENGINES

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for engine in ENGINES:
        golden_file(engine).write_text(kit_text(engine), encoding="utf-8")


if __name__ == "__main__":
    main()
