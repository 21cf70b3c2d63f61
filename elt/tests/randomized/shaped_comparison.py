"""Compares what leaves a source with its replicas, where that is not all of it."""

import re

from integration.zoo import portrait
from randomized.masking import texts
from randomized.naming import quoted

GENERATION = re.compile(r" generated [sv] .*", re.DOTALL)
_IDENTITY = re.compile(" identity$")
#: What a replica may lack where it does not hold for masked values; not more than that.
_LOST = {"key", "check", "index"}


class ShapedComparison:
    """A source, its replicas, and what leaves of each table."""

    def __init__(self, source, destination, schemas, shapes):
        self._source = source
        self._destination = destination
        self._shapes = shapes
        portrait.enter(source, schemas)
        portrait.enter(destination, map(portrait.landing, schemas))

    def rows(self, places):
        """Return the rows that must arrive, and those that did, by schema and table."""
        expected, found = {}, {}
        for place in places:
            shaped = self._shapes[place]
            columns = self._arriving(place)
            expected[place] = shaped.rows(self._source, columns)
            replica = f"{quoted(portrait.landing(place[0]))}.{quoted(place[1])}"
            values = [f"{quoted(column)}::text" for column in columns]
            listed = texts(self._destination, values, shaped.table, replica)
            found[place] = sorted(map(repr, listed))
        return expected, found

    def _arriving(self, place):
        columns = portrait.columns(self._source, *place)
        return self._shapes[place].arriving(columns)

    def definitions(self, source, landed):
        """Return the definitions that replicas should have, and those they have."""
        expected = {}
        for key, text in source.items():
            shaped = self._shapes.get(key[:2])
            if shaped is None:
                continue
            lost = {"foreign key"} | (_LOST if shaped.masks else set())
            if key[2] in lost and key not in landed:
                continue
            if self._is_vague(key):
                continue
            if key[2] not in {"column", "comment"} or shaped.arriving([key[3]]):
                expected[key] = self._definition(key, text)
        found = {
            key: self._definition(key, text)
            for key, text in landed.items()
            if not self._is_vague(key)
        }
        return expected, found

    def _is_vague(self, key):
        """Tell whether a replica may have something otherwise.

        A column that was left out before comes back behind the others. Where a mask
        makes one of another type, PostgreSQL names keys and indexes of partitions anew.
        """
        shaped = self._shapes.get(key[:2])
        is_partition = shaped is not None and shaped.table.is_partition
        return key[2] == "order of columns" or (
            is_partition and key[2] in {"index", "key"}
        )

    def _definition(self, key, text):
        """Return a definition as its masks leave it; others are told apart no more."""
        shaped = self._shapes.get(key[:2])
        if key[2] != "column" or shaped is None or not shaped.masks:
            return text
        # Whether it is still made from columns that arrive is not asked here.
        text = GENERATION.sub("", text)
        mask = shaped.masks.get(key[3])
        if mask is None:
            return text
        text = _IDENTITY.sub("", text)
        if mask == "null":
            return text.removesuffix(" not null")
        if mask == "hash":
            return "text not null" if text.endswith(" not null") else "text"
        return text
