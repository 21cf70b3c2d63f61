"""The text of a composed statement, without the connection that psycopg2 asks for."""

from psycopg2.sql import SQL, Composable, Composed, Identifier, Literal


def sql_text(statement: Composable) -> str:
    """Return a statement as the server gets it; all identifiers stand in quotes."""
    match statement:
        case Composed():
            return "".join(sql_text(part) for part in statement.seq)
        case SQL():
            return statement.string
        case Identifier():
            return ".".join(_quoted(name, '"') for name in statement.strings)
        case Literal(wrapped=None):
            return "NULL"
        case Literal():
            return _quoted(str(statement.wrapped), "'")
    message = f"not SQL: {statement!r}"
    raise TypeError(message)


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark
