"""A living world: outlets, coolers, shoppers, deliveries, promotions, and the truth about all of it.

`WorldJob` -> `plan_world` (what is settled beforehand) -> `simulate_outlet` (what happens) -> `ledger` (Parquet),
`CoolerHistory.shelf_states` (what stood there when), `photos` (what a camera saw).
"""
