from hypothesis import given
from hypothesis import strategies as st

from cloud.audits.progress import MOST_RANGES, Progress

NUMBERS = st.lists(st.integers(1, 40), max_size=40)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("lose"), st.integers(1, 30), st.integers(1, 30)),
    ),
    max_size=30,
)


@given(STEPS)
def test_agrees_with_plain_sets(steps: list[tuple[str, int, int]]) -> None:
    progress, came, lost, through = Progress(), set[int](), set[int](), 0
    for what, first, last in steps:
        through = max(through, first if what == "add" else last if first <= last else 0)
        if what == "add":
            assert progress.add(first) == (first not in came)
            came.add(first)
            lost.discard(first)
        else:
            progress.lose(first, last)
            lost |= set(range(first, last + 1)) - came
    missing = set(range(1, through + 1)) - came - lost
    assert {n for a, b in progress.missing for n in range(a, b + 1)} == missing
    assert {n for a, b in progress.lost for n in range(a, b + 1)} == lost
    assert {n for n in range(1, 31) if progress.has(n)} == came


def test_a_device_may_not_leave_holes_without_end() -> None:
    progress = Progress()
    for seq in range(2, 2 * MOST_RANGES + 2, 2):
        assert progress.takes(seq)
        progress.add(seq)
    assert not progress.takes(progress.through + 2)
    assert progress.takes(progress.through + 1)
    assert progress.takes(1)
    progress.lose(1, progress.through)
    assert progress.takes(progress.through + 2)
