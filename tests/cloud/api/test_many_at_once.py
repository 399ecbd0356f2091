"""More writers at once than the server has threads: each waits its turn, none is refused, none blocks the others."""

from concurrent.futures import ThreadPoolExecutor

from tests.cloud.conftest import Api

WRITERS = 60  # the server's pool has 40 threads


def test_more_writers_than_threads(api: Api) -> None:
    body = {"name": "Cola", "brand": "Cola", "owner": "Acme", "own": True}

    def put(number: int) -> int:
        return api.acme.put(f"/api/v1/products/p-{number}", json=body).status_code

    with ThreadPoolExecutor(WRITERS) as writers:
        assert set(writers.map(put, range(2 * WRITERS))) == {201}
