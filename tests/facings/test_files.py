"""What is written is whole or not there, whoever fails in the middle."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from facings import files
from facings.files import clear_parts, whole_file, whole_folder, whole_path, write_atomic, write_private


class CutOffError(Exception):
    """Stands for whatever ends a run in the middle of a file."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("write", [write_atomic, write_private])
@pytest.mark.parametrize(("content", "bytes_on_disk"), [(b"\xff\x00", b"\xff\x00"), ("可乐\n", "可乐\n".encode())])
def test_a_file_is_written_in_folders_made_for_it(
    tmp_path: Path, write: type[object], content: bytes | str, bytes_on_disk: bytes
) -> None:
    file = tmp_path / "a" / "b" / "file"
    write(file, content)
    write(file, content)  # type: ignore[call-arg]
    assert file.read_bytes() == bytes_on_disk
    assert names(file.parent) == ["file"]


def test_a_file_in_pieces_takes_its_place_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    with whole_file(file) as lines:
        lines.write("one\n")
        assert not file.exists()
        lines.write("two\n")
    assert file.read_text() == "one\ntwo\n"
    assert names(tmp_path) == ["lines"]


@pytest.mark.parametrize("writer", [whole_file, whole_path])
def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path, writer: type[object]) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    with pytest.raises(CutOffError), writer(file) as part:  # type: ignore[call-arg,attr-defined]
        if isinstance(part, Path):
            part.write_text("half")
        else:
            part.write("half")
        raise CutOffError
    assert file.read_text() == "before"
    assert names(tmp_path) == ["file"]


def test_a_secret_is_its_owners_even_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    sync = files.sync
    monkeypatch.setattr(files, "sync", lambda path: (modes.append(stat.S_IMODE(path.stat().st_mode)), sync(path)))
    before = os.umask(0)
    try:
        write_private(tmp_path / "secret", "s3cret")
    finally:
        os.umask(before)
    assert modes[0] == stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(("durable", "synced"), [(True, ["contents", "names"]), (False, [])])
def test_what_is_durable_waits_for_contents_then_for_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool, synced: list[str]
) -> None:
    file = tmp_path / "file"
    seen: list[str] = []

    def watched(path: Path) -> None:
        seen.append("names" if path == tmp_path else "contents")
        assert file.exists() == (path == tmp_path)

    monkeypatch.setattr(files, "sync", watched)
    write_atomic(file, b"photo", durable=durable)
    assert seen == synced


@pytest.mark.parametrize("before", ["nothing", "an empty folder"])
def test_a_folder_takes_its_place_at_the_end(tmp_path: Path, before: str) -> None:
    out = tmp_path / "out"
    if before == "an empty folder":
        out.mkdir()
    with whole_folder(out) as part:
        (part / "inside").write_text("x")
        assert not (out / "inside").exists()
    assert names(tmp_path) == ["out"]
    assert names(out) == ["inside"]


def test_a_folder_that_fails_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CutOffError), whole_folder(tmp_path / "out") as part:
        (part / "inside").write_text("x")
        raise CutOffError
    assert names(tmp_path) == []


def test_what_killed_runs_began_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".file.17.part").write_text("half")
    (tmp_path / ".folder.17.part").mkdir()
    (tmp_path / "kept.part").write_text("not hidden: not ours")
    clear_parts(tmp_path)
    assert names(tmp_path) == ["kept.part"]


def test_two_threads_may_write_one_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with whole_path(file) as part:
        part.write_text("first")
        other = threading.Thread(target=write_atomic, args=(file, "second"))
        other.start()
        other.join()
        assert file.read_text() == "second"
    assert file.read_text() == "first"
    assert names(tmp_path) == ["file"]
