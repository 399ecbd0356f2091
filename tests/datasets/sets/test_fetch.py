import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from datasets import unpack as unpacking
from datasets.cli import app
from datasets.sources import read_registry
from facings.errors import BadInputError, UnavailableError
from tests.support.damage import flipped
from tests.support.http_peer import Answer, HttpPeer, Request
from tests.support.labelled import coco_set


def packed(folder: Path, *names: str) -> bytes:
    """A zip of a small COCO set, in a folder `set`; with `names`, of files of these names too."""
    source = coco_set(folder / "packed")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for file in sorted(source.rglob("*.*")):
            opened.write(file, f"set/{file.relative_to(source)}")
        for name in names:
            opened.writestr(name, "text")
    return out.getvalue()


class Server:
    """Serves one file with ranges and an ETag; cuts the connection after `cuts[n]` bytes of the n-th answer."""

    def __init__(self, content: bytes) -> None:
        self.content, self.cuts, self.tag = content, list[int](), '"one"'
        self.peer = HttpPeer(self._answer)

    def _answer(self, request: Request) -> Answer:
        first, status = 0, 200
        asked = request.headers.get("Range")
        if asked and request.headers.get("If-Range", self.tag) == self.tag:
            first, status = int(asked.removeprefix("bytes=").rstrip("-")), 206
        rest = self.content[first:]
        sent = rest[: self.cuts.pop(0)] if self.cuts else rest
        return Answer(status, sent, {"ETag": self.tag}, claimed_bytes=len(rest))

    def ranges(self) -> list[str | None]:
        return [request.headers.get("Range") for request in self.peer.requests]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    served = Server(packed(tmp_path))
    with served.peer:
        yield served


def fetch(server: Server, folder: Path, *options: str, sha: str | None = "", said: str | None = None) -> str:
    """Fetch what the server has through a registry; what the command tells."""
    sha = sha256(server.content).hexdigest() if sha == "" else sha
    registry = folder / "registry.toml"
    line = f'sha256 = "{sha}"\n' if sha else ""
    registry.write_text(
        '[cans]\ndescription = "Cans"\nlicence = "CC BY 4.0"\nattribution = "A. Nobody"\nfolder = "set"\n'
        f'[[cans.archives]]\nurl = "{server.peer.url}/cans.zip"\n{line}'
    )
    places = ["--registry", str(registry), "--downloads", str(folder / "downloads"), "--out", str(folder / "cans")]
    agree = ["--agree"] if said is None else []
    result = CliRunner().invoke(app, ["fetch", "cans", *places, *agree, *options], input=said)
    if result.exception:
        raise result.exception
    return " ".join(result.stderr.split())


def test_a_set_is_fetched_checked_and_imported(server: Server, tmp_path: Path) -> None:
    said = fetch(server, tmp_path, said="y\n")
    assert "licence: CC BY 4.0" in said
    assert "1 photos, 1 boxes" in said
    assert json.loads((tmp_path / "cans" / "source.json").read_text()) == {
        "version": 1,
        "format": "coco",
        "licence": "CC BY 4.0",
        "attribution": "A. Nobody",
        "url": f"{server.peer.url}/cans.zip",
        "sha256": sha256(server.content).hexdigest(),
    }


def test_a_refused_licence_fetches_nothing(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="not agreed to: nothing was fetched"):
        fetch(server, tmp_path, said="n\n")
    assert not server.peer.requests
    assert not (tmp_path / "cans").exists()


def test_a_wrong_checksum_is_refused_and_fetched_anew_next_time(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=f"expected {'0' * 64}: the file was removed"):
        fetch(server, tmp_path, sha="0" * 64)
    assert not (tmp_path / "cans").exists()
    fetch(server, tmp_path)
    assert server.ranges() == [None, None]


def test_a_cut_connection_is_resumed(server: Server, tmp_path: Path) -> None:
    server.cuts = [100, 50]
    fetch(server, tmp_path)
    assert server.ranges() == [None, "bytes=100-", "bytes=150-"]


def test_a_later_command_goes_on_where_the_line_stayed_dead(server: Server, tmp_path: Path) -> None:
    server.cuts = [100, 0]
    with pytest.raises(UnavailableError, match=r"cut after 100 bytes .* goes on from there"):
        fetch(server, tmp_path)
    assert not (tmp_path / "cans").exists()
    fetch(server, tmp_path)
    assert server.ranges()[-1] == "bytes=100-"


def test_a_file_that_changed_in_between_is_begun_again(server: Server, tmp_path: Path) -> None:
    server.cuts = [100, 0]
    with pytest.raises(UnavailableError):
        fetch(server, tmp_path)
    server.tag, server.content = '"two"', packed(tmp_path / "other", "set/more.txt")
    fetch(server, tmp_path)
    assert (tmp_path / "cans").is_dir()


def test_an_archive_once_fetched_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    (tmp_path / "cans").rename(tmp_path / "before")
    fetch(server, tmp_path)
    assert len(server.peer.requests) == 1


def test_a_checksum_seen_first_is_kept(server: Server, tmp_path: Path) -> None:
    said = fetch(server, tmp_path, sha=None)
    assert f"SHA-256 {sha256(server.content).hexdigest()}, seen first and kept" in said
    for path in (tmp_path / "downloads" / "cans").iterdir():
        path.unlink()
    (tmp_path / "cans").rename(tmp_path / "before")
    server.content = packed(tmp_path / "other", "set/more.txt")
    with pytest.raises(BadInputError, match="expected"):
        fetch(server, tmp_path, sha=None)


def test_an_address_of_ones_own(server: Server, tmp_path: Path) -> None:
    arguments = ["fetch", "mine", "--url", f"{server.peer.url}/a.zip", "--agree", "--out", str(tmp_path / "mine")]
    arguments += ["--downloads", str(tmp_path / "downloads")]
    assert "licence" in str(CliRunner().invoke(app, arguments).exception)
    assert CliRunner().invoke(app, [*arguments, "--licence", "CC0"]).exit_code == 0
    assert (tmp_path / "mine" / "images" / "a.jpg").is_file()
    assert not list(tmp_path.glob(".mine*"))


def test_a_server_that_refuses(tmp_path: Path) -> None:
    served = Server(b"")
    served.peer.respond = lambda _request: Answer(404)
    with served.peer, pytest.raises(BadInputError, match="404"):
        fetch(served, tmp_path)


def tar(name: str, kind: bytes = tarfile.REGTYPE, size: int = 4) -> bytes:
    """A tar of one member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as opened:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        member.size = size if kind == tarfile.REGTYPE else 0
        opened.addfile(member, io.BytesIO(bytes(member.size)))
    return out.getvalue()


BAD_ARCHIVES: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "zip that climbs": (lambda folder: packed(folder, "../evil.txt"), "not a path inside"),
    "zip with an absolute name": (lambda folder: packed(folder, "/tmp/evil.txt"), "not a path inside"),
    "tar that climbs": (lambda _: tar("set/../../evil.txt"), "not a path inside"),
    "tar with a link": (lambda _: tar("set/a.jpg", tarfile.SYMTYPE), "link or device"),
    "tar with a device": (lambda _: tar("set/a.jpg", tarfile.CHRTYPE), "link or device"),
    "bomb": (lambda _: tar("set/a.jpg", size=3_000_000), "far more than it weighs"),
    "no archive": (lambda _: b"text", "neither a zip nor a tar"),
    "damaged": (lambda folder: packed(folder)[:-30] + bytes(30), "neither|cannot be unpacked"),
    "other layout": (lambda _: tar("else/a.txt"), "no folder 'set'"),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_bad_archives_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    make, says = BAD_ARCHIVES[case]
    monkeypatch.setattr(unpacking, "HARMLESS_BYTES", 1_000_000)
    served = Server(make(tmp_path))
    with served.peer, pytest.raises(BadInputError, match=says):
        fetch(served, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"downloads", "registry.toml", "packed"}


def tarred(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as opened:
        for name in ("größe.txt", "b.txt"):
            member = tarfile.TarInfo(name)
            member.size = 400
            opened.addfile(member, io.BytesIO(random.Random(1).randbytes(400)))
    return out.getvalue()


def zipped(packing: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as opened:
        for name in ("größe.txt", "b.txt"):
            opened.writestr(name, random.Random(1).randbytes(400))
    return out.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        *(pytest.param(tarred(mode), id=mode) for mode in ("w:gz", "w:bz2", "w:xz")),
        *(pytest.param(zipped(packing), id=f"zip {packing}") for packing in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)),
    ],
)
def test_an_archive_of_which_a_byte_is_changed_is_unpacked_or_refused(tmp_path: Path, archive: bytes) -> None:
    for damaged in flipped(archive, 11):
        (tmp_path / "archive").write_bytes(damaged)
        with suppress(BadInputError):
            unpacking.unpack(tmp_path / "archive", tmp_path / "out")


def test_our_registry_is_sound_and_listed() -> None:
    for name, source in read_registry().items():
        assert source.licence_url
        assert source.attribution
        assert name in CliRunner().invoke(app, ["fetch"]).stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[cans]", "cans.archives"),
        ("[", "not TOML"),
        ('[cans]\nlicence = "x"\nfolder = "../a"\narchives = [{url = "http://a/b"}]', "not a path inside"),
        ('[cans]\nlicence = "x"\narchives = [{url = "ftp://a/b"}]', "url"),
    ],
)
def test_a_bad_registry_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(BadInputError, match=says):
        read_registry(tmp_path / "own.toml")
