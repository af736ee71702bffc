"""How much at once: of one person, and of all."""

from __future__ import annotations

from grader.dropbox.guard import AtOnce
from grader.dropbox.pace import Pace


def test_some_at_once_then_one_after_the_other() -> None:
    now = [1000.0]
    pace = Pace(3, 10, lambda: now[0])
    assert [pace.wait("ada") for _ in range(4)] == [0, 0, 0, 11]
    assert pace.wait("bob") == 0
    now[0] += 10
    assert pace.wait("ada") == 0
    assert pace.wait("ada") > 0  # asking again and again costs nothing more
    now[0] += 1000
    assert [pace.wait("ada") for _ in range(4)][:3] == [0, 0, 0]


def test_places_are_given_back() -> None:
    places = AtOnce(most=3, each=2)
    with places.place("ada") as one, places.place("ada") as two:
        assert (one, two) == (True, True)
        with places.place("ada") as third, places.place("bob") as bob, places.place("cleo") as cleo:
            assert (third, bob, cleo) == (False, True, False)
    with places.place("ada") as again:
        assert again
