"""Tries a boot password before the database itself may be read.

Derby looks at service.properties, where the encrypted key is, before it looks at any data. So it is
given a directory with that file and no data: a wrong password it refuses, with the right one it
gets on to what is missing there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from migrations_ui.transfer.derby.layout import LOG, SEALED_KEY, SEGMENT, DerbyLayout
from migrations_ui.transfer.derby.login import DerbyLogin
from migrations_ui.transfer.derby.process import ReaderProcess
from migrations_ui.transfer.derby.service_properties import ENCODING, PROPERTIES, find_outside, vet
from migrations_ui.transfer.derby.toolchain import JavaToolchain
from migrations_ui.transfer.errors import SourceDamaged, SourceEncrypted, SourceError


def boot_password_opens(
    layout: DerbyLayout, login: DerbyLogin, *, toolchain: JavaToolchain
) -> bool | None:
    """None when it cannot be known."""
    if layout.properties is None or SEALED_KEY not in layout.settings:
        return None
    if find_outside(layout.settings) is not None:
        return None
    with tempfile.TemporaryDirectory(prefix="lifeguard-") as name:
        husk = Path(name)
        (husk / PROPERTIES).write_text(vet(layout.properties).text, ENCODING)
        for part in (SEGMENT, LOG):
            (husk / part).mkdir()
        try:
            ReaderProcess(husk, toolchain, login).stop()
        except SourceEncrypted:
            return False
        except SourceDamaged:
            return True
        except SourceError:
            return None
    return None
