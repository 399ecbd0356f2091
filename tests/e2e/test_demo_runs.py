"""The demo on a small world: what `make demo ONCE=1` does, in a minute."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# Coolers composed for the run have priced tags, so the demo compares prices too.
KPIS = {"units", "facings", "share_own", "share_competitor", "occupancy", "sku_naming", "stock_outs"}
PRICES = {"price_compliance", "wrong_prices"}


def test_the_demo_ends_by_itself_with_every_photo_stored_once(tmp_path: Path) -> None:
    summary = tmp_path / "demo-summary.json"
    where = ["--root", str(tmp_path / "demo"), "--summary", str(summary)]
    done = subprocess.run(
        [sys.executable, "-m", "facings.cli", "sim", "demo", "--once", "--coolers", "2", "--days", "1", *where],
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(summary.read_text())
    assert (told["observations_sent"], told["stored"], told["lost"], told["duplicated"]) == (8, 8, 0, 0)
    assert told["photo_to_page_p95_s"] > 0
    assert told["kpis"].keys() == KPIS | PRICES
    assert all({"measured", "true"} <= kpi.keys() for kpi in told["kpis"].values())
    assert "demo@northwind.example" in done.stdout
    assert not (tmp_path / "demo" / "cloud" / "endpoints.json").exists(), "the cloud still runs"
