"""A real PostgreSQL for tests: a server of this process, on a free port, with a database for whoever asks."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import create_engine, make_url, text

from tests.support.broker import free_port

_ACCOUNT = "postgres"
"""The server refuses to run as root; Debian's package brings this account."""


class Postgres:
    """A server with its own folder and port.

    Example:
        with Postgres() as server:
            Records(server.new_database())
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="facings-postgres-"))
        self._databases = count(1)

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the server's own database."""
        return f"postgresql+psycopg://facings@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Make the server's files, and start it; it takes connections then."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, _ACCOUNT)
        self._run("initdb", "--auth=trust", "--username=facings", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "--options", options, "--log", str(self._folder / "log"))

    def stop(self) -> None:
        """End the server, whoever is still connected, and remove its files."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """SQLAlchemy URL of a new, empty database."""
        name = f"test_{next(self._databases)}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_programs() / program), "-D", str(self._folder), *arguments]
        account = _ACCOUNT if os.geteuid() == 0 else None
        said = self._folder.with_suffix(".said")
        with said.open("w+b") as out:  # no pipe: the server would keep it open
            done = subprocess.run(command, user=account, cwd="/", stdout=out, stderr=out, check=False)
        assert done.returncode == 0, f"{program}: {said.read_text()}"
        said.unlink()


@cache
def server() -> Postgres:
    """The server of this process, started when first asked for."""
    postgres = Postgres()
    postgres.start()
    atexit.register(postgres.stop)
    return postgres


def _programs() -> Path:
    """Where PostgreSQL's programs are: Debian keeps them out of the path, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    anywhere = shutil.which("initdb")
    assert found or anywhere, "PostgreSQL is not installed: install the package postgresql"
    return found[-1].parent if found else Path(str(anywhere)).parent
