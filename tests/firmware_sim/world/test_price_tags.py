"""What the price tags of simulated coolers say."""

from datasets.products.catalogues import demo_catalogue
from firmware_sim.world.price_tags import KEPT, tag_prices


def test_some_products_of_a_cooler_cost_otherwise_and_always_the_same() -> None:
    catalogue = demo_catalogue()
    others = [tag_prices(catalogue, cooler, seed=0) for cooler in range(40)]
    assert others == [tag_prices(catalogue, cooler, seed=0) for cooler in range(40)]
    share = sum(map(len, others)) / (40 * len(catalogue))
    assert abs(share - (1 - KEPT)) < 0.04
    assert all(price != catalogue[sku].price and price > 0 for prices in others for sku, price in prices.items())
