"""The words of the standing world: choices only, no behaviour."""

from __future__ import annotations

from django.db import models


class TlsMode(models.TextChoices):
    """How a connection to a database is protected. PREFERRED is what rows had before a choice."""

    VERIFIED = "verified", "TLS, the server's certificate and name are verified"
    REQUIRED = "required", "TLS, the server is not verified"
    OFF = "off", "No TLS"
    PREFERRED = "preferred", "Not chosen: TLS where driver and server happen to agree on it"


class SchemaMode(models.TextChoices):
    """Who creates the tables: the product, or a DBA from DDL files (article, "Manual").

    EXISTING: somebody has, Traveler or a DBA, and this console neither makes nor upgrades any.
    """

    AUTOMATIC = "automatic", "Automatic"
    MANUAL = "manual", "Manual (DDL run by a DBA)"
    EXISTING = "existing", "They are there: leave them as they are"


class Platform(models.TextChoices):
    """What a host runs on."""

    LINUX = "linux", "Linux"
    WINDOWS = "windows", "Windows"
    UNKNOWN = "unknown", "Not known"


class ConsoleMethod(models.TextChoices):
    """How a Domino console command reaches the server (domain.md 10)."""

    START_SCRIPT = "start_script", "Domino start script (domino cmd)"
    SERVER_C = "server_c", "server -c, then read the console log"


class PasswordPassing(models.TextChoices):
    """How travelerUtil is given the database password."""

    PROMPT = "prompt", "Typed at its prompt"
    ARGUMENT = "argument", "As an argument (seen by `ps` on that host)"


class Availability(models.TextChoices):
    """Server Status of the Servers view: running, or not running or unreachable."""

    AVAILABLE = "available", "available"
    UNAVAILABLE = "unavailable", "unavailable"
    UNKNOWN = "unknown", "not known"


class OverallStatus(models.TextChoices):
    """`tell traveler status`: the worst of the server's conditions (domain.md 1.1)."""

    GREEN = "green", "Green"
    YELLOW = "yellow", "Yellow"
    RED = "red", "Red"
    UNKNOWN = "unknown", "not known"


class HealthValue(models.TextChoices):
    """The four health values, which never stand for one another (domain.md 1.1)."""

    AVAILABILITY = "availability", "availability"
    AVAILABILITY_INDEX = "index", "availability index range"
    OVERALL_STATUS = "overall", "overall status"
    CONSTRAINED = "constrained", "constrained state"


class OperationStatus(models.TextChoices):
    """Where an operation stands."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    SUCCEEDED = "succeeded", "succeeded"
    FAILED = "failed", "failed"


class OperationKind(models.TextChoices):
    """What a person may have run on a server."""

    HADR_SHOW = "hadr_show", "Show pool members"
    STATUS = "status", "Show status"
    DRAIN = "drain", "Drain"
    RESUME_SERVICE = "resume_service", "Resume service"
    DB_SHOW = "db_show", "Show database setting"
    DB_CHECK = "db_check", "Check database setting"
    LOG_COLLECT = "log_collect", "Collect logs"


class Severity(models.TextChoices):
    """How much a failed check matters."""

    BLOCKER = "blocker", "Blocker"
    WARNING = "warning", "Warning"
    INFORMATION = "information", "For information"
