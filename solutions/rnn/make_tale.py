"""Makes the text that the capstone learns from: the log of a harbour, in which things hang together.

    python solutions/rnn/make_tale.py

writes data/tale.txt, and handout/data/tale_end.txt with the days that nobody trains on. Made up by this file alone. A
captain has one boat, one fish and one pronoun; the wind decides about the sea, and whether anybody sails. So what is
right at one place was decided up to a hundred characters before, which is what a recurrent network can learn and a
table of neighbours can't.
"""

from __future__ import annotations

import random
from pathlib import Path

HERE = Path(__file__).parent
DAYS = 330
HELD_OUT = 40
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Wind → what it is like, the sea, whether boats go out.
WINDS = {
    "north": ("cold", "grey", False),
    "south": ("warm", "blue", True),
    "east": ("dry", "green", True),
    "west": ("wet", "black", False),
}
#: Captain → pronoun, whose, boat, fish.
CAPTAINS = {
    "Ada": ("she", "her", "Swift", "herring"),
    "Otto": ("he", "his", "Gull", "cod"),
    "Una": ("she", "her", "Pearl", "mackerel"),
    "Yan": ("he", "his", "Fox", "sole"),
    "Jo": ("she", "her", "Quince", "eels"),
}
NUMBERS = ("two", "six", "nine", "twelve", "twenty", "forty")
HOURS = ("five", "six", "seven", "eight")
WORDS = ("Good fish, good money", "Much work, little money", "Much fish, little money")


def day(number: int, rng: random.Random) -> str:
    """The entry of one day, a line."""
    wind = rng.choice(sorted(WINDS))
    air, sea, out = WINDS[wind]
    captain = rng.choice(sorted(CAPTAINS))
    he, his, boat, fish = CAPTAINS[captain]
    begin = rng.choice(
        (
            f"The wind was {wind}, the air {air}, the sea {sea}.",
            f"A {air} wind from the {wind}, and a {sea} sea.",
        )
    )
    if out:
        hour = rng.choice(HOURS)
        catch = f"{rng.choice(NUMBERS)} baskets of {fish}"
        end = rng.choice(
            (
                f"Captain {captain} took the {boat} out at {hour}, and {he} came home with {catch}. "
                f'"{rng.choice(WORDS)}," {he} said.',
                f"At {hour} the {boat} went out. In the evening Captain {captain} sold {catch}, and {his} crew sang.",
            )
        )
    else:
        end = rng.choice(
            (
                f'Captain {captain} left the {boat} in the harbour. "Not today," {he} said, and mended {his} nets.',
                f'"Where is the {boat}?" they asked Captain {captain}. '
                f'"In the harbour," {he} said; "where is the {fish}? In the sea."',
            )
        )
    return f"{WEEK[number % 7]}. {begin} {end}"


def tale() -> tuple[str, str]:
    """What is learned from, and the days that are held out, of which none was learned."""
    rng = random.Random(1)
    learned = [day(number, rng) + "\n" for number in range(DAYS - HELD_OUT)]
    held_out: list[str] = []
    while len(held_out) < HELD_OUT:
        new = day(len(learned) + len(held_out), rng) + "\n"
        if new not in learned:
            held_out.append(new)
    return "".join(learned), "".join(held_out)


if __name__ == "__main__":
    learned, held_out = tale()
    (HERE / "data" / "tale.txt").write_text(learned, encoding="utf-8")
    (HERE / "handout" / "data" / "tale_end.txt").write_text(held_out, encoding="utf-8")
