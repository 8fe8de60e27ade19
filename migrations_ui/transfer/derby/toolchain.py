"""The Java programs the reader needs, and the reader's own classes, compiled when first used."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from console.child_environment import child_environment
from migrations_ui.transfer.derby.layout import Version
from migrations_ui.transfer.errors import ReaderMissing

SOURCES = Path(__file__).parent / "java"
COMPILE_SECONDS = 120
# Up to 10.14, and from 10.15 on.
VERSION_FILES = (
    "org/apache/derby/info/DBMS.properties",
    "org/apache/derby/info/engine/info.properties",
)

_VERSION_LINE = re.compile(r"^derby\.version\.(major|minor)=(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class JavaToolchain:
    """Where Java and Derby are on this machine, and where compiled classes may be kept."""

    java: str
    javac: str
    derby_classpath: str
    work_directory: Path

    @classmethod
    def from_settings(cls) -> Self:
        from django.conf import settings

        return cls(
            java=settings.LIFEGUARD_JAVA,
            javac=settings.LIFEGUARD_JAVAC,
            derby_classpath=settings.LIFEGUARD_DERBY_CLASSPATH,
            work_directory=Path(settings.LIFEGUARD_WORK_DIR),
        )

    def require_reader(self) -> None:
        """Compile the reader, if need be. Raises ReaderMissing when it could not be run."""
        if shutil.which(self.java) is None:
            raise self.java_missing
        self.reader_classpath()

    @property
    def java_missing(self) -> ReaderMissing:
        return ReaderMissing(
            f"Java ({self.java!r}) is not on this machine. Install a JRE or JDK, or set "
            "LIFEGUARD_JAVA."
        )

    def reader_classpath(self) -> str:
        """The class path to run the reader with; compiles it when its source is new.

        Raises ReaderMissing.
        """
        for jar in self.derby_classpath.split(os.pathsep):
            if not Path(jar).is_file():
                raise ReaderMissing(
                    f"derby.jar is not at {jar}. Install it (Debian: libderby-java), or set "
                    "LIFEGUARD_DERBY_CLASSPATH."
                )
            if not zipfile.is_zipfile(jar):
                raise ReaderMissing(
                    f"{jar} cannot be read, or is no jar. Install derby.jar again (Debian: "
                    "libderby-java), or set LIFEGUARD_DERBY_CLASSPATH."
                )
        return f"{self._classes()}{os.pathsep}{self.derby_classpath}"

    def derby_version(self) -> Version | None:
        """Major and minor version of derby.jar; None when it is not there or does not say."""
        for jar in self.derby_classpath.split(os.pathsep):
            numbers = dict(_VERSION_LINE.findall(_version_facts(jar)))
            if {"major", "minor"} <= numbers.keys():
                return int(numbers["major"]), int(numbers["minor"])
        return None

    def _classes(self) -> Path:
        sources = sorted(SOURCES.glob("*.java"))
        fingerprint = hashlib.sha256()
        for source in sources:
            fingerprint.update(source.read_bytes())
        classes = self.work_directory / "reader" / fingerprint.hexdigest()[:16]
        if not classes.is_dir():
            self._compile(sources, classes)
        return classes

    def _compile(self, sources: list[Path], classes: Path) -> None:
        classes.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="compiling-", dir=classes.parent))
        command = [self.javac, "-encoding", "UTF-8", "-d", str(scratch), *map(str, sources)]
        try:
            subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=True,
                timeout=COMPILE_SECONDS,
                env=child_environment(),
            )
        except FileNotFoundError:
            raise ReaderMissing(
                f"The Java compiler {self.javac!r} is not on this machine. Install a JDK (Debian: "
                "default-jdk-headless), or set LIFEGUARD_JAVAC."
            ) from None
        except subprocess.TimeoutExpired:
            raise ReaderMissing(
                f"The Java compiler {self.javac!r} did not end within {COMPILE_SECONDS} s."
            ) from None
        except subprocess.CalledProcessError as error:
            raise ReaderMissing(f"The Derby reader does not compile: {error.stderr}") from None
        try:
            scratch.rename(classes)
        except OSError:
            # Another worker compiled the same sources first; the twin is of no use.
            if not classes.is_dir():
                raise


def _version_facts(jar: str) -> str:
    try:
        with zipfile.ZipFile(jar) as archive:
            name = next((each for each in VERSION_FILES if each in archive.namelist()), "")
            return archive.read(name).decode("iso-8859-1") if name else ""
    except (OSError, zipfile.BadZipFile):
        return ""
