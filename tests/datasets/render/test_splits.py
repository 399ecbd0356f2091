from collections import Counter

import pytest

from datasets.products.catalogues import demo_catalogue
from datasets.render.splits import SPLITS, split_of, stock_of, unseen_skus

CATALOGUE = demo_catalogue()


def test_of_ten_scenes_seven_are_for_training_one_for_validation_two_for_the_test() -> None:
    assert Counter(split_of(number) for number in range(100)) == {"train": 70, "val": 10, "test": 20}


def test_a_scene_keeps_its_split_when_more_are_rendered() -> None:
    assert [split_of(n) for n in range(6)] == ["train", "train", "test", "train", "train", "val"]


@pytest.mark.parametrize("seed", range(5))
def test_unseen_skus_are_in_no_stock_but_the_tests(seed: int) -> None:
    unseen = unseen_skus(CATALOGUE, seed)
    assert len(unseen) == 4 and unseen < set(CATALOGUE.skus())
    for split in SPLITS:
        stocked = set(stock_of(CATALOGUE, split, unseen).skus())
        assert stocked == set(CATALOGUE.skus()) - (set() if split == "test" else unseen)


def test_the_seed_draws_them() -> None:
    assert unseen_skus(CATALOGUE, 1) == unseen_skus(CATALOGUE, 1) != unseen_skus(CATALOGUE, 2)
