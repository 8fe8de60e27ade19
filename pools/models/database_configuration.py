"""Where a pool's enterprise database is, and what the last check found there."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from pools.databases.connection import DatabaseLogin
from pools.databases.engine import DatabaseEngine
from pools.databases.engines import ENGINES, engine_choices
from pools.databases.jdbc import JdbcUrl, schema_properties, tls_properties
from pools.databases.jdbc_form import NotJdbc, Properties
from pools.databases.jdbc_properties import parse_properties, tidied
from pools.models.secret import RowWithSecrets, SecretField
from pools.models.validators import refuse_bad_hosts
from pools.states import SchemaMode, Severity, TlsMode


class DatabaseConfiguration(RowWithSecrets):
    """One enterprise database and the login that Traveler and this console use."""

    pool_path = "pool"

    name = models.CharField(max_length=80, unique=True, help_text="As it is called in the lists.")
    engine = models.CharField(max_length=12, choices=engine_choices)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    database_name = models.CharField(max_length=128)
    schema = models.CharField(
        max_length=128, blank=True, default="", help_text="Empty: the engine's own rule."
    )
    username = models.CharField(max_length=128)
    password = SecretField()
    schema_mode = models.CharField(
        max_length=10, choices=SchemaMode.choices, default=SchemaMode.AUTOMATIC
    )

    tls_mode = models.CharField(
        "TLS", max_length=10, choices=TlsMode.choices, default=TlsMode.PREFERRED
    )
    ca_certificate = models.TextField(
        "certificate authority",
        blank=True,
        default="",
        help_text=(
            "PEM, of whoever issued the server's certificate. Empty: what the workers' system "
            "trusts."
        ),
    )
    allow_cleartext = models.BooleanField(
        "allow the password in clear text",
        default=False,
        help_text=(
            "Where the database asks for it so (LDAP, PAM, Db2's SERVER) over a connection that is "
            "not verified: whoever answers or listens there then has it."
        ),
    )

    jdbc_properties = models.TextField(
        "further JDBC properties",
        blank=True,
        default="",
        help_text=(
            "Of the address that Traveler is given, one a line as name=value, for example "
            "multiSubnetFailover=true. This console's own connection does not use them. No "
            "secrets: the address is shown."
        ),
    )

    # Asked for, and not tried by a worker yet; why the last one was not taken.
    new_password = SecretField(blank=True, default="", editable=False)
    new_password_at = models.DateTimeField(null=True, blank=True, editable=False)
    new_password_failure = models.TextField(blank=True, default="", editable=False)

    # Written by the check only.
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    reachable = models.BooleanField(default=False, editable=False)
    version = models.CharField(max_length=120, blank=True, default="", editable=False)
    round_trip_ms = models.FloatField(null=True, blank=True, editable=False)

    # Written by whoever has just read it there. Empty with a time: it has no tables.
    schema_level = models.CharField(max_length=64, blank=True, default="", editable=False)
    schema_level_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why the last try to read it came to nothing; the level above is then an older one.
    schema_level_failure = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = "database configuration"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a host that is none, and for properties that its engine's
        address cannot carry."""
        refuse_bad_hosts(self, "host")
        self.jdbc_properties = tidied(self.jdbc_properties)
        if self.engine not in ENGINES:
            return
        if self.ca_certificate and not self.engine_facts.takes_authority:
            raise ValidationError({"ca_certificate": self._no_authority})
        try:
            typed = parse_properties(self.jdbc_properties, engine=self.engine)
        except NotJdbc as error:
            raise ValidationError({"jdbc_properties": str(error)}) from None
        ours = {name.casefold() for name, _value in self._tls_properties}
        for name, _value in typed:
            if name.casefold() in ours:
                raise ValidationError({"jdbc_properties": f"{name} is entered above, as TLS."})

    def login(self) -> DatabaseLogin:
        """What a worker needs to open it."""
        return DatabaseLogin(
            engine=self.engine,
            host=self.host,
            port=self.port,
            name=self.database_name,
            user=self.username,
            password=self.password,
            schema=self.schema,
            tls=self.tls_mode,
            ca_pem=self.ca_certificate,
            allow_cleartext=self.allow_cleartext,
        )

    @property
    def engine_facts(self) -> DatabaseEngine:
        """What is true of its engine wherever it runs."""
        return ENGINES[self.engine]

    @property
    def jdbc_url(self) -> str:
        """The address in the form that `travelerUtil db set url=` takes."""
        properties = (
            *schema_properties(self.engine, self.schema),
            *self._tls_properties,
            *parse_properties(self.jdbc_properties, engine=self.engine),
        )
        return str(JdbcUrl(self.engine, self.host, self.port, self.database_name, properties))

    @property
    def _tls_properties(self) -> Properties:
        return tls_properties(self.engine, self.tls_mode)

    @property
    def _no_authority(self) -> str:
        return (
            f"The driver of {self.engine_facts.name} takes no certificate from here: have it "
            "trusted by the system of each worker, and leave this empty."
        )


class DatabaseFinding(models.Model):
    """One line of a database check; a new check replaces the lines of the last."""

    database = models.ForeignKey(
        DatabaseConfiguration, on_delete=models.CASCADE, related_name="findings"
    )
    position = models.PositiveSmallIntegerField()
    check_id = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    severity = models.CharField(max_length=12, choices=Severity.choices)
    passed = models.BooleanField()
    seen = models.TextField()
    remedy = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["database", "position"]

    def __str__(self) -> str:
        return f"{self.title}: {self.seen}"
