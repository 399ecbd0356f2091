"""The pages' scripts: fetched once, licences beside them, a clear page where they are missing."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from cloud.web import build, errors


def test_what_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    assert not build.up_to_date(tmp_path)
    (tmp_path / build.STAMP).write_text(build.wanted_stamp())
    assert build.up_to_date(tmp_path)
    assert build.build(tmp_path) is False


def test_another_lock_means_another_stamp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = build.wanted_stamp()
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(build, "ASSETS", tmp_path)
    assert build.wanted_stamp() != before


def test_the_lock_pins_what_is_asked_for() -> None:
    asked = json.loads((build.ASSETS / "package.json").read_text())["dependencies"]
    locked = json.loads((build.ASSETS / "package-lock.json").read_text())["packages"]
    assert asked == {name: locked[f"node_modules/{name}"]["version"] for name in asked}
    assert all("integrity" in package for path, package in locked.items() if path)


def test_every_file_is_there_with_its_licence() -> None:
    assert build.up_to_date(), "run make assets"
    for name, source in build.FILES.items():
        package = "__".join(source.split("/")[: 2 if source.startswith("@") else 1])
        assert (build.VENDOR / name).stat().st_size > 1000
        assert (build.VENDOR / "licences" / f"{package}.license.txt").is_file()


def test_files_travel_compressed_and_are_asked_for_anew(web: httpx.Client) -> None:
    first = web.get("/static/vendor/echarts.js")
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cache-control"] == "no-cache"
    again = web.get("/static/vendor/echarts.js", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert web.get("/static/../pages.py").status_code == 404


def test_missing_scripts_are_told_of(
    manager: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(errors, "up_to_date", lambda: False)
    answer = manager.get("/")
    assert answer.status_code == 503
    assert "make assets" in answer.text
    assert "make assets" in caplog.text
    assert manager.get("/api/v1/session").status_code == 200
