"""Names that PostgreSQL allows and programs stumble over."""

_FRAGMENTS = (
    *("film", "Film", "FILM", "id", "t", "x", "_", "é", "影", "🎬"),
    *('"', '""', "'", ".", ",", ";", " ", "  ", "\n", "\t", "\\", "\\n", "|"),
    *("%", "%%", "%s", "%(name)s", "{}", "{0}", "{table}", "$1", "$$", ":x", "?"),
    *("(", ")", "[]", "--", "/*", "*/", "::", "1", "42", "-", "=", "@", "#", "&"),
)
#: Reserved words, names of types, and the names that a replicator is likely to use.
_WORDS = (
    *("select", "table", "user", "order", "group", "null", "true", "all", "default"),
    *("integer", "text", "name", "value", "row", "public", "raw", "elt", "pg_temp"),
    *("loaded", "published", "difference", "operation", "key_0", "ctid_", "shadow"),
    *("source", "destination", "t", "r", "s", "d", "elt_column_1", "count", "sum"),
)
_LONGEST = 63
_REPEATED = 0.15


class Names:
    """Gives names, most of them new."""

    def __init__(self, chance):
        self._chance = chance
        self._given = []

    def new(self, longest=_LONGEST):
        """Return a name of at most so many bytes.

        Now and then one that was given before, as two schemas may have one table each
        of a name, and two tables one column; where it is taken the server refuses it.
        """
        if self._given and self._chance.random() < _REPEATED:
            name = self._chance.choice(self._given)
        else:
            name = self._invent(longest)
            while name in self._given:
                name = self._invent(longest)
            self._given.append(name)
        return _cut(name, longest)

    def _invent(self, longest):
        chance = self._chance
        form = chance.choices(["plain", "word", "odd", "long"], [6, 2, 3, 1])[0]
        if form == "plain":
            return chance.choice("abcdefgh") + str(chance.randrange(100))
        if form == "word":
            return chance.choice(_WORDS)
        odd = "".join(chance.choices(_FRAGMENTS, k=chance.randint(1, 6)))
        return odd.ljust(longest, "_") if form == "long" else odd


def _cut(name, longest):
    return name.encode()[:longest].decode(errors="ignore")


def quoted(name):
    """Return a name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    """Return a string as SQL."""
    return "'" + text.replace("'", "''") + "'"
