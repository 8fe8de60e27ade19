"""Settings, one module per concern; everything that varies comes from the environment.

`.env.example` lists every variable; `tests/console/test_settings.py` keeps the two in step.
"""

from __future__ import annotations

from console.settings.apps import *  # noqa: F403
from console.settings.celery import *  # noqa: F403
from console.settings.databases import *  # noqa: F403
from console.settings.environment import *  # noqa: F403
from console.settings.logs import *  # noqa: F403
from console.settings.rest import *  # noqa: F403
from console.settings.security import *  # noqa: F403
from console.settings.traveler import *  # noqa: F403
