"""The documentation names everything that exists, and nothing that does not."""

import ast
import re
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from pages import (
    DOCS,
    ELT,
    REFERENCE,
    SOURCE,
    each_page,
    find_blocks,
    find_links,
    list_commands,
    read_sections,
)

from elt.config import document, environment, load_config, sources
from elt.errors import EltError

STATE_SQL = [
    SOURCE / "replication" / "sql" / "state.sql",
    *sorted((SOURCE / "replication" / "sql" / "migrations").glob("*.sql")),
]


# ---------------------------------------------------------------------- reference


@pytest.mark.parametrize("command", list_commands())
def test_every_command_and_option_is_described(command):
    sections = read_sections(REFERENCE / "commands.md")

    text = sections[""] + sections[f"elt {command}"]

    assert [x for x in list_commands()[command] if f"`{x}" not in text] == []


def test_no_option_is_described_that_does_not_exist():
    sections = read_sections(REFERENCE / "commands.md")

    unknown = {
        command: set(re.findall(r"`(--[a-z-]+)", sections[f"elt {command}"]))
        - set(options)
        for command, options in list_commands().items()
    }

    assert not any(unknown.values()), unknown


def _variables():
    """Return the environment variables that the code reads."""
    code = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    names = environment.CONNECTION_NAMES
    connections = {f"{p}_{n}" for p in ("SOURCE", "DESTINATION") for n in names}
    return sorted(connections | set(re.findall(r"\bELT_[A-Z_]+\b", code)))


@pytest.mark.parametrize("variable", _variables())
def test_every_environment_variable_is_described(variable):
    assert f"`{variable}`" in (REFERENCE / "environment.md").read_text()


def test_no_environment_variable_is_described_that_is_not_read():
    text = (REFERENCE / "environment.md").read_text()

    described = set(re.findall(r"`((?:ELT|SOURCE|DESTINATION)_[A-Z_]+)`", text))

    assert sorted(described - {"SOURCE_", "DESTINATION_"}) == _variables()


@pytest.mark.parametrize(
    "section, keys",
    [
        ("Top level", document.TOP_KEYS),
        ("sources", sources.SOURCE_KEYS),
        ("sources: streams", sources.STREAM_KEYS),
        ("destination", document.DESTINATION_KEYS),
    ],
)
def test_every_key_of_elt_yaml_is_described(section, keys):
    text = read_sections(REFERENCE / "elt-yaml.md")[section]

    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(keys)


def _load(text, tmp_path):
    """Load a configuration file, with a database for every prefix it names."""
    path = tmp_path / "elt.yaml"
    path.write_text(text)
    prefixes = {"SOURCE", "DESTINATION", *re.findall(r"connection: ([A-Z_]+)", text)}
    urls = {f"{p}_URL": f"postgresql://role@{p.lower()}/database" for p in prefixes}
    return load_config(urls | {"ELT_CONFIG": str(path)}), load_config(urls)


def test_the_first_example_of_elt_yaml_holds_all_defaults(tmp_path):
    example, *_ = find_blocks(REFERENCE / "elt-yaml.md", "yaml")

    described, default = _load(example, tmp_path)

    assert described == replace(default, has_file=True)
    keys = {*document.TOP_KEYS, *sources.SOURCE_KEYS, *document.DESTINATION_KEYS}
    assert keys - set(re.findall(r"(\w+):", example)) == set()


@each_page
def test_examples_of_elt_yaml_are_understood(page, tmp_path):
    for text in find_blocks(page, "yaml"):
        if re.match(rf"({'|'.join(document.TOP_KEYS)}):", text):
            _load(text, tmp_path)


def _exit_codes(error=EltError):
    below = [code for kind in error.__subclasses__() for code in _exit_codes(kind)]
    return sorted({error.exit_code, *below})


@pytest.mark.parametrize("code", [0, *_exit_codes(), 128 + signal.SIGTERM])
def test_every_exit_code_is_described(code):
    table = (REFERENCE / "exit-codes.md").read_text()

    assert re.search(rf"^\| {code} \| ", table, re.MULTILINE)


def _state_comments():
    """Return the comments on tables and columns of the state, by their names."""
    sql = "\n".join(path.read_text() for path in STATE_SQL)
    found = re.findall(
        r"comment on (?:table|column) (elt\.[\w.]+) is\s+'((?:[^']|'')*)'", sql
    )
    return {name: text.replace("''", "'") for name, text in found}


def _state_columns():
    """Return the columns of each state table, as the migrations make them."""
    sql = "\n".join(path.read_text() for path in STATE_SQL)
    tables = re.findall(
        r"create table (?:if not exists )?(elt\.\w+) \(\n(.*?)^\)",
        sql,
        re.MULTILINE | re.DOTALL,
    )
    keywords = "primary|unique|check|constraint|foreign|exclude"
    columns = {
        table: re.findall(rf"^    (?!(?:{keywords})\b)(\w+) ", body, re.MULTILINE)
        for table, body in tables
    }
    for table, column in re.findall(r"alter table (elt\.\w+)\s+add column (\w+)", sql):
        columns[table].append(column)
    return columns


@pytest.mark.parametrize("table", _state_columns())
def test_every_state_table_is_described_by_its_comments(table):
    comments = _state_comments()

    text = read_sections(REFERENCE / "state.md")[table]

    assert comments[table] in text
    rows = [
        f"| `{column}` | {comments[f'{table}.{column}']} |"
        for column in _state_columns()[table]
    ]
    assert [line for line in text.splitlines() if line.startswith("| `")] == rows


def _log_lines():
    """Return the constant messages of the log above debug, with their fields."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id="log"),
                        attr="info" | "warning" | "error" as level,
                    ),
                    args=[ast.Constant(value=message)],
                    keywords=keywords,
                ):
                    yield message, level, [k.arg for k in keywords if k.arg]


@pytest.mark.parametrize("message, level, fields", sorted(_log_lines()))
def test_every_log_line_is_described(message, level, fields):
    lines = (REFERENCE / "logs.md").read_text().splitlines()

    [line] = [line for line in lines if line.startswith(f"| `{message}` | {level} |")]

    assert [field for field in fields if f"`{field}`" not in line] == []


# -------------------------------------------------------------------- the package


def test_the_readme_leads_through_every_module():
    text = (ELT / "README.md").read_text()
    parts = [p for p in SOURCE.iterdir() if p.suffix == ".py" or p.is_dir()]
    modules = [*parts, *(SOURCE / "replication").glob("*.py")]
    left_out = {"__init__.py", "__main__.py", "__pycache__"}

    names = {f"{m.name}/" if m.is_dir() else m.name for m in modules}
    names -= left_out | {f"{name}/" for name in left_out}

    assert sorted(name for name in names if f"`{name}`" not in text) == []


PACKAGES = sorted(p.parent.name for p in SOURCE.glob("replication/*/__init__.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_readme_lists_every_module_of_a_package(package):
    text = (ELT / "README.md").read_text()
    [section] = re.findall(rf"^\*\*`{package}/`.*\n\n((?:\|.*\n)*)", text, re.MULTILINE)

    files = {m.name for m in (SOURCE / "replication" / package).glob("*.py")}

    listed = set(re.findall(r"^\| `(\w+\.py)`", section, re.MULTILINE))
    assert listed == files - {"__init__.py"}


@pytest.mark.parametrize(
    "heading", ["Context", "Decision", "Consequences", "Alternatives", "Non-goals"]
)
def test_every_decision_has_its_parts(heading):
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))

    assert [r.name for r in records if heading not in read_sections(r)] == []


def test_every_page_is_listed():
    for folder, index in [
        ("guides", DOCS / "README.md"),
        ("reference", DOCS / "README.md"),
        ("runbooks", DOCS / "runbooks" / "README.md"),
        ("decisions", DOCS / "decisions" / "README.md"),
    ]:
        pages = {page.name for page in (DOCS / folder).glob("*.md")} - {"README.md"}
        linked = {Path(link).name for link in find_links(index)}

        assert sorted(pages - linked) == []
