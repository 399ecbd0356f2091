"""The tables of the ledger and their columns."""

from __future__ import annotations

import pyarrow as pa

AT = pa.timestamp("ms", "UTC")
NAME = pa.dictionary(pa.int32(), pa.string())
"""A string out of few: an id or a kind."""

UNITS = pa.int32()
NAMES = pa.list_(pa.string())

CHUNKED: dict[str, pa.Schema] = {
    "movements": pa.schema(
        [
            ("at", AT),
            ("outlet", NAME),
            ("cooler", NAME),
            ("sku", NAME),
            ("kind", NAME),
            ("units", UNITS),
            ("source", NAME),
            ("promotion", NAME),
        ]
    ),
    "lost": pa.schema(
        [
            ("at", AT),
            ("outlet", NAME),
            ("cooler", NAME),
            ("sku", NAME),
            ("units", UNITS),
            ("taken", NAME),
            ("promotion", NAME),
        ]
    ),
    "stock_outs": pa.schema([("outlet", NAME), ("cooler", NAME), ("sku", NAME), ("begins", AT), ("ends", AT)]),
    "incidents": pa.schema(
        [
            ("at", AT),
            ("outlet", NAME),
            ("cooler", NAME),
            ("kind", NAME),
            ("sku", NAME),
            ("row", UNITS),
            ("column", UNITS),
            ("units", UNITS),
        ]
    ),
    "balances": pa.schema([("outlet", NAME), ("cooler", NAME), ("sku", NAME), ("opening", UNITS), ("closing", UNITS)]),
    "deliveries": pa.schema([("at", AT), ("outlet", NAME), ("sku", NAME), ("ordered", UNITS), ("delivered", UNITS)]),
    "backrooms": pa.schema([("outlet", NAME), ("sku", NAME), ("opening", UNITS), ("closing", UNITS)]),
    "installations": pa.schema([("at", AT), ("outlet", NAME), ("cooler", NAME), ("planogram", pa.string())]),
    "promotion_truth": pa.schema(
        [
            ("promotion", NAME),
            ("outlet", NAME),
            ("executed", pa.bool_()),
            ("lift", pa.float64()),
            ("expected_extra", pa.float64()),
            ("extra", UNITS),
            ("cannibalised", UNITS),
            ("dipped", UNITS),
            ("sold", UNITS),
            ("sold_without", UNITS),
            ("sisters_sold", UNITS),
            ("sisters_sold_without", UNITS),
            ("after_sold", UNITS),
            ("after_sold_without", UNITS),
            ("incremental_margin", pa.float64()),
            ("cost", pa.float64()),
        ]
    ),
}
"""Tables in folders: one file for each chunk of outlets."""

WHOLE: dict[str, pa.Schema] = {
    "products": pa.schema(
        [
            ("sku", pa.string()),
            ("gtin", pa.string()),
            ("name", pa.string()),
            ("name_zh", pa.string()),
            ("brand", pa.string()),
            ("owner", pa.string()),
            ("pack_type", pa.string()),
            ("size_ml", UNITS),
            ("price", pa.float64()),
            ("width_mm", pa.float64()),
            ("height_mm", pa.float64()),
        ]
    ),
    "outlets": pa.schema(
        [
            ("outlet", pa.string()),
            ("name", pa.string()),
            ("name_zh", pa.string()),
            ("region", pa.string()),
            ("timezone", pa.string()),
            ("class", pa.string()),
            ("store_type", pa.string()),
            ("neighbourhood", pa.string()),
            ("footfall", UNITS),
            ("income", pa.float64()),
            ("depot_km", pa.float64()),
            ("opens", UNITS),
            ("closes", UNITS),
            ("delivery_weekdays", pa.list_(UNITS)),
            ("supply", pa.string()),
            ("turnover", pa.float64()),
        ]
    ),
    "coolers": pa.schema(
        [
            ("cooler", pa.string()),
            ("outlet", pa.string()),
            ("name", pa.string()),
            ("name_zh", pa.string()),
            ("type", pa.string()),
            ("gravity", pa.bool_()),
            ("capacity", UNITS),
        ]
    ),
    "planograms": pa.schema(
        [
            ("planogram", pa.string()),
            ("class", pa.string()),
            ("type", pa.string()),
            ("version", UNITS),
            ("valid_from", pa.date32()),
            ("row", UNITS),
            ("column", UNITS),
            ("sku", pa.string()),
            ("depth", UNITS),
            ("width_mm", pa.float64()),
        ]
    ),
    "promotions": pa.schema(
        [
            ("promotion", pa.string()),
            ("brand", pa.string()),
            ("mechanic", pa.string()),
            ("skus", NAMES),
            ("sisters", NAMES),
            ("outlets", NAMES),
            ("begins", pa.date32()),
            ("ends", pa.date32()),
            ("discount", pa.float64()),
            ("cost", pa.float64()),
            ("true_lift", pa.float64()),
            ("true_cannibalisation", pa.float64()),
            ("true_dip", pa.float64()),
            ("true_dip_days", UNITS),
        ]
    ),
    "temperatures": pa.schema([("region", NAME), ("at", AT), ("celsius", pa.float64())]),
    "holidays": pa.schema([("date", pa.date32()), ("name", pa.string())]),
}
"""Tables in one file each."""
