"""An encrypted backup: read with any of the keys, and nothing of it changed unnoticed."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from console import sealed_files
from console.sealed_files import MAGIC, PIECE, TAG_BYTES
from migrations_ui.steps.files.archive import (
    ArchiveDamaged,
    decrypt_archive,
    extract,
    verify_archive,
    write_archive,
)
from pools.services.key_rotation import backups_with_older_keys

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SECRET = b"what a user wrote. "


def ignore(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> None:
    settings.SECRET_ENCRYPTION_KEYS = [OLD]
    settings.LIFEGUARD_WORK_DIR = tmp_path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "host"
    (tree / "traveler").mkdir(parents=True)
    (tree / "traveler" / "c10.dat").write_bytes(SECRET * 200_000)
    (tree / "notes.ini").write_bytes(SECRET)
    return tree


def packed(tree: Path, *, encrypted: bool = True) -> Path:
    archive = tree.parent / "backups" / "trav4" / "run.tar"
    write_archive(tree, archive, on_progress=ignore, encrypted=encrypted)
    return archive


@pytest.fixture
def archive(tree: Path) -> Path:
    return packed(tree)


def test_it_comes_out_as_it_went_in_and_says_nothing_meanwhile(
    archive: Path, tree: Path, tmp_path: Path
) -> None:
    content = archive.read_bytes()
    assert len(content) > 3 * PIECE
    assert SECRET not in content
    assert b"notes.ini" not in content
    facts = verify_archive(archive, on_progress=ignore)
    assert (facts.files, facts.bytes) == (2, len(content))
    assert extract(archive, tmp_path / "out", below="traveler/") == 1
    assert (tmp_path / "out" / "c10.dat").read_bytes() == SECRET * 200_000
    archive.unlink()
    assert verify_archive(packed(tree), on_progress=ignore).sha256 != facts.sha256


def test_one_that_is_not_encrypted_is_read_as_before(tree: Path, tmp_path: Path) -> None:
    archive = packed(tree, encrypted=False)
    assert SECRET in archive.read_bytes()
    assert verify_archive(archive, on_progress=ignore).files == 2
    assert backups_with_older_keys() == []


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_any_length_is_whole(tmp_path: Path, size: int) -> None:
    file, content = tmp_path / "sealed", b"x" * size
    with file.open("wb") as output:
        writer = sealed_files.SealingWriter(output)
        writer.write(content)
        writer.finish()
    with file.open("rb") as source:
        assert sealed_files.is_sealed(source)
        assert sealed_files.OpeningReader(source).readall() == content


def spoilt(content: bytes) -> dict[str, bytes]:
    head = content.index(b"\n", len(MAGIC)) + 1
    sealed = PIECE + TAG_BYTES
    first, second = content[head : head + sealed], content[head + sealed : head + 2 * sealed]
    rest = content[head + 2 * sealed :]
    flipped = bytearray(content)
    flipped[head + 100] ^= 1
    return {
        "a bit": bytes(flipped),
        "order": content[:head] + second + first + rest,
        "one left out": content[:head] + second + rest,
        "cut between pieces": content[: head + 2 * sealed],
        "cut inside of one": content[:-1],
        "nothing but the head": content[:head],
        "more behind the end": content + b"x",
    }


@pytest.mark.parametrize("which", list(spoilt(MAGIC + b"\n" + bytes(PIECE))))
def test_what_was_changed_or_cut_off_is_refused(archive: Path, which: str, tmp_path: Path) -> None:
    archive.write_bytes(spoilt(archive.read_bytes())[which])
    with pytest.raises(ArchiveDamaged, match="changed or cut off"):
        verify_archive(archive, on_progress=ignore)
    with pytest.raises(ArchiveDamaged, match="changed or cut off"):
        decrypt_archive(archive, tmp_path / "plain.tar")


def test_an_older_key_still_opens_it_and_rotation_says_that_it_is_needed(
    archive: Path, settings: Settings
) -> None:
    assert backups_with_older_keys() == []
    settings.SECRET_ENCRYPTION_KEYS = [NEW, OLD]
    assert verify_archive(archive, on_progress=ignore).files == 2
    assert backups_with_older_keys() == ["run.tar"]
    settings.SECRET_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(ArchiveDamaged, match="no key of this console opens it"):
        verify_archive(archive, on_progress=ignore)


@pytest.mark.django_db
def test_rotate_keys_names_backups_that_need_an_older_key(
    archive: Path, settings: Settings
) -> None:
    settings.SECRET_ENCRYPTION_KEYS = [NEW, OLD]
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "Backups on this machine that need an older key: run.tar." in said.getvalue()
    assert verify_archive(archive, on_progress=ignore).files == 2


def test_by_hand_it_becomes_a_tar_file_of_the_owner_s_alone(
    archive: Path, tree: Path, tmp_path: Path, settings: Settings
) -> None:
    plain = tmp_path / "plain.tar"
    call_command("decrypt_backup", archive, plain, stdout=StringIO())
    assert plain.stat().st_mode & 0o077 == 0
    archive.unlink()
    assert plain.read_bytes() == packed(tree, encrypted=False).read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("decrypt_backup", archive, plain)
    archive = packed(tree)
    plain.unlink()
    settings.SECRET_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="no key of this console"):
        call_command("decrypt_backup", archive, plain)
    assert not plain.exists()
