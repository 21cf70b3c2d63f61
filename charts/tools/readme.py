"""Writes the tables of values in the chart's README from the comments in values.yaml.

`readme.py` writes, `readme.py --check` only says whether there is anything to write.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[1] / "elt"
_BEGIN, _END = "<!-- values: begin -->\n", "<!-- values: end -->\n"
_COMMENT = re.compile(r"\s*# ?(-- )?(.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A key of values.yaml: its path, what is said about it, and its default."""

    path: str
    comment: str
    default: Any
    has_keys: bool


def read_values(text: str) -> list[Value]:
    """Return every key of a values file, in the order of the file."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return list(_walk(root, text.splitlines(), ""))


def _walk(node: yaml.Node | None, lines: list[str], prefix: str) -> Iterator[Value]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, child in node.value:
        path = f"{prefix}{key.value}"
        comment = _comment_above(lines, key.start_mark.line)
        # Written on one line, as in `requests: {cpu: 100m}`: a value, not a group.
        has_keys = isinstance(child, yaml.MappingNode) and not child.flow_style
        default = yaml.safe_load(yaml.serialize(child))
        yield Value(path=path, comment=comment, default=default, has_keys=has_keys)
        if has_keys:
            yield from _walk(child, lines, f"{path}.")


def _comment_above(lines: list[str], line: int) -> str:
    """Return the comment that ends above a line and starts with `# --`."""
    words: list[str] = []
    for above in reversed(lines[:line]):
        match = _COMMENT.fullmatch(above)
        if not match:
            return ""
        words.insert(0, match[2].strip())
        if match[1]:
            return " ".join(words)
    return ""


def format_tables(values: list[Value]) -> str:
    """Return a table of the single keys, then one for each group."""
    single = [v for v in values if "." not in v.path and not v.has_keys]
    tables = ["### Of the whole release\n", _table(single)]
    for group in (v for v in values if "." not in v.path and v.has_keys):
        below = [v for v in values if v.path.startswith(f"{group.path}.")]
        tables += [f"### {group.path}\n", f"{group.comment}.\n", _table(below)]
    return "\n".join(tables)


def _table(values: list[Value]) -> str:
    rows = [
        f"| `{v.path}` | {_default(v)} | {v.comment.replace('|', '&#124;')} |\n"
        for v in values
    ]
    return "".join(["| key | default | meaning |\n", "|---|---|---|\n", *rows])


def _default(value: Value) -> str:
    return (
        "" if value.has_keys else f"`{json.dumps(value.default, ensure_ascii=False)}`"
    )


def main() -> int:
    """Write the README, or compare it with what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    readme = CHART / "README.md"
    text = readme.read_text()
    before, rest = text.split(_BEGIN)
    after = rest.split(_END)[1]
    tables = format_tables(read_values((CHART / "values.yaml").read_text()))
    wanted = f"{before}{_BEGIN}\n{tables}\n{_END}{after}"
    if wanted == text:
        return 0
    if options.check:
        print(f"{readme} is not what values.yaml says; run make chart-docs")
        return 1
    readme.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
