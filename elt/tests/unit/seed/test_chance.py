"""Draws depend on names only, walks meet nothing twice, words are dealt fairly."""

from collections import Counter

import pytest

from elt.seed.dice import Dice, Walk
from elt.seed.words.combination import Deal, combine
from elt.seed.words.names import CIRCLES
from elt.seed.words.titles import LANGUAGES


def test_dice_of_one_name_draw_the_same():
    first, second = Dice("film", 7), Dice("film", 7)

    assert [first.below(100) for _ in range(20)] == [
        second.below(100) for _ in range(20)
    ]


def test_dice_of_other_names_draw_otherwise():
    draws = {Dice("film", number).below(1 << 64) for number in range(1000)}

    assert len(draws) == 1000


def test_dice_draw_the_same_on_every_machine():
    dice = Dice("film", 1)

    assert [dice.below(1000) for _ in range(5)] == [439, 776, 263, 650, 362]


def test_dice_draw_all_of_a_range_about_as_often():
    counts = Counter(Dice("fair", n).between(1, 6) for n in range(6000))

    assert sorted(counts) == [1, 2, 3, 4, 5, 6]
    assert all(900 < count < 1100 for count in counts.values())


@pytest.mark.parametrize(
    "among", [16, 60, 152, 1900, 1900 * 211, 600 * 397], ids="among {}".format
)
def test_walk_meets_no_number_twice(among):
    for number in range(50):
        steps = min(among, 2000)
        met = list(Walk(Dice("walk", number), among).steps(steps))

        assert len(set(met)) == steps
        assert all(0 <= place < among for place in met)


@pytest.mark.parametrize("groups", [LANGUAGES, CIRCLES], ids=["languages", "circles"])
def test_shares_add_up_to_a_hundred(groups):
    assert sum(group.share for group in groups) == 100


def test_deal_gives_each_group_its_share():
    deal = Deal(LANGUAGES)

    dealt = Counter(deal.at(number)[0].code for number in range(300))

    assert dealt == {language.code: 3 * language.share for language in LANGUAGES}


def test_deal_counts_within_a_group():
    deal = Deal(LANGUAGES)
    french = [serial for group, serial in map(deal.at, range(1000)) if group.share == 8]

    assert sorted(french) == list(range(80))


def test_combinations_repeat_only_when_all_were_used():
    pairs = [combine(serial, "abcdef", "xyz") for serial in range(18)]

    assert len(set(pairs)) == 18
    assert combine(18, "abcdef", "xyz") == pairs[0]
