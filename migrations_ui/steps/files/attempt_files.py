"""What each attempt at a run has to itself on the worker: its directory, and who works in it.

Two attempts never share a private copy. Derby lets one process in, and whoever takes a run over
must not depend on the one before letting go. So the processes of an earlier attempt are ended where
they can be reached, and its private copy is taken along under the new attempt's name; where they
cannot be, on another host, they keep their directory and this attempt makes a copy of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
from django.conf import settings

from migrations_ui.steps.files.private_files import make_private_directory

COPY = "ntsdb"
RECORD = ".worker.json"
# Between the recorded start of a process and what the system says of it later.
SAME_START_SECONDS = 1.0
END_SECONDS = 10.0


def files_of_run(run_id: str) -> Path:
    """Where all attempts at the run are, on this worker."""
    return Path(settings.LIFEGUARD_WORK_DIR) / "runs" / run_id


def files_of_attempt(run_id: str, attempt: int) -> Path:
    return files_of_run(run_id) / str(attempt)


def begin_attempt(run_id: str, attempt: int) -> list[str]:
    """Take over from the attempts before; returns what a person should know, in sentences.

    Until `end_attempt`, a record beside the directory names the process that works there.
    """
    run, own = files_of_run(run_id), files_of_attempt(run_id, attempt)
    make_private_directory(run)
    notes = [_take_over(record) for record in sorted(run.glob(f"*{RECORD}"))]
    make_private_directory(own)
    for earlier in _left_behind(run, attempt):
        _adopt(earlier, own)
    _record(own).write_text(json.dumps(_this_process()))
    return notes


def end_attempt(run_id: str, attempt: int, *, tidy: bool) -> None:
    """Nobody has to be ended any more. `tidy`: directories without anything in them go as well."""
    own = files_of_attempt(run_id, attempt)
    _record(own).unlink(missing_ok=True)
    if tidy:
        for directory in (own, own.parent):
            # With files in it, it waits for the next attempt.
            with suppress(OSError):
                directory.rmdir()


def _take_over(record: Path) -> str:
    """End whoever works in that directory; its record stays where that cannot be."""
    directory = record.with_name(record.name.removesuffix(RECORD))
    who = json.loads(record.read_text())
    if who["host"] != socket.gethostname():
        return (
            f"The worker on {who['host']} that had this run has not answered in time and cannot be "
            "ended from here. It is kept from writing; this worker makes a private copy of its own."
        )
    if who["pid"] == os.getpid():
        return "An earlier attempt has not ended in this worker. It is kept from writing."
    ended = _end(_worker(who["pid"], who["started"]), _readers_in(directory))
    record.unlink(missing_ok=True)
    if ended:
        return f"The worker that had this run (process {who['pid']}) did not answer and was ended."
    return f"The worker that had this run (process {who['pid']}) is gone."


def _worker(pid: int, started: float) -> list[psutil.Process]:
    """The process itself and what it started; empty when it is gone, whoever has its number now."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - started) < SAME_START_SECONDS:
            return [process, *process.children(recursive=True)]
    return []


def _readers_in(directory: Path) -> list[psutil.Process]:
    """A reader has the private copy's path among its arguments, whoever its parent is by now."""
    inside = f"{directory.resolve()}{os.sep}"
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(word.startswith(inside) for word in process.info["cmdline"] or ())
    ]


def _end(worker: list[psutil.Process], readers: list[psutil.Process]) -> bool:
    """Whether there was a worker to end. A frozen process takes no other signal than SIGKILL."""
    for process in (*worker, *readers):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs([*worker, *readers], timeout=END_SECONDS)
    return bool(worker)


def _left_behind(run: Path, attempt: int) -> Iterator[Path]:
    """Directories of earlier attempts that nobody works in; and the one that all attempts shared
    in earlier versions."""
    numbers = sorted(int(each.name) for each in run.iterdir() if each.name.isdecimal())
    for number in reversed(numbers):
        directory = run / str(number)
        if number < attempt and not _record(directory).exists():
            yield directory
    if (run / COPY).is_dir():
        yield run


def _adopt(earlier: Path, own: Path) -> None:
    """Take the private copy along, which may be large; the rest of an earlier attempt goes."""
    copy = own / COPY
    if (earlier / COPY).is_dir() and not copy.exists():
        (earlier / COPY).rename(copy)
    if earlier != own.parent:
        shutil.rmtree(earlier, ignore_errors=True)


def _record(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}{RECORD}")


def _this_process() -> dict[str, object]:
    process = psutil.Process()
    return {
        "host": socket.gethostname(),
        "pid": process.pid,
        "started": process.create_time(),
    }
