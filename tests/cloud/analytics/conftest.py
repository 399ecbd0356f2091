import pytest

from cloud.services import Services
from tests.support.shelf import Shelf


@pytest.fixture
def shelf(services: Services) -> Shelf:
    return Shelf(services).furnish()
