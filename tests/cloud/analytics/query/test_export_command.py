"""`facings cloud export` and `recompute` ask the running cloud, and leave no half of a file and no key behind."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from cloud.cli import app
from cloud.identity.models import ApiKey
from cloud.identity.service import create_tenant
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from cloud.settings import ENDPOINTS_FILE
from facings.errors import BadInputError, UnavailableError
from tests.support.cloud import running_services, serving
from tests.support.raw_lines import RawPhoto, bring

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PERIOD = ("--tenant", "acme", "--from", "2026-11-01", "--to", "2026-11-02")
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("export") / "cloud") as running:
        with running.records.all_tenants() as session:
            create_tenant(session, "acme", "Acme")
        with running.records.session("acme") as session:
            session.add(Outlet(id="kiosk", name="Kiosk"))
            session.flush()
            session.add(Cooler(id="front", outlet_id="kiosk", name="Front"))
        bring(running, "acme", [RawPhoto(1, "front", "kiosk", NOON, {"cola": 4, "lemon": 2})])
        yield running


@pytest.fixture
def run(services: Services) -> Iterator[Run]:
    """The command line, beside the running cloud."""
    folder = services.settings.data_dir

    def running(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data-dir", str(folder)])

    with serving(services) as client:
        (folder / ENDPOINTS_FILE).write_text(json.dumps({"http": str(client.base_url)}))
        yield running
        (folder / ENDPOINTS_FILE).unlink()


@pytest.mark.parametrize(
    ("what", "column", "expected"),
    [("units", "value", [6.0]), ("lines", "units", [4, 2]), ("observations", "units", [6])],
)
def test_export_writes_a_file(run: Run, tmp_path: Path, what: str, column: str, expected: list[float]) -> None:
    out = tmp_path / "out.parquet"
    assert run("export", what, str(out), *PERIOD).exit_code == 0
    assert pyarrow.parquet.read_table(out)[column].to_pylist() == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "units", "{}/out.xlsx", *PERIOD), ".csv, .parquet or .arrow"),
        (("export", "sales", "{}/out.csv", *PERIOD), "there is no kpi 'sales'"),
        (("export", "units", "{}/out.csv", *PERIOD, "--outlet", "nowhere"), "there is no outlet 'nowhere'"),
        (("export", "units", "/dev/null/out.csv", *PERIOD), "cannot write into"),
        (("export", "units", "{}/out.csv", "--tenant", "nobody", *PERIOD[2:]), "there is no tenant 'nobody'"),
        (("recompute", "--tenant", "acme", "--from", "yesterday", "--to", "2026-11-02"), "write it as 2026-11-01"),
        (("recompute", *PERIOD, "--cooler", "back"), "there is no cooler 'back'"),
    ],
)
def test_bad_input_says_what_to_do(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    result = run(*(word.replace("{}", str(tmp_path)) for word in words))
    assert isinstance(result.exception, BadInputError)
    assert said in str(result.exception)
    assert not list(tmp_path.iterdir())


def test_recompute_makes_the_days_anew(run: Run, services: Services) -> None:
    said = run("recompute", *PERIOD).stderr
    assert "1 days of coolers" in said
    assert "judged 1 photos" in said
    assert "judged 0 photos" in run("recompute", *PERIOD, "--no-stockouts").stderr
    with services.records.session("acme", write=False) as session:
        keys = list(session.scalars(select(ApiKey)))
    assert keys
    assert all(key.revoked_at for key in keys)


def test_without_a_running_cloud_it_says_so(services: Services) -> None:
    words = ["recompute", *PERIOD, "--data-dir", str(services.settings.data_dir)]
    assert isinstance(CliRunner().invoke(app, words).exception, UnavailableError)
