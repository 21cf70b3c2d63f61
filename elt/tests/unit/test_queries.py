"""SQL lies in files, under names: each one is used, and each one used is there."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

import elt
from elt.queries import Queries, load_queries

TWO = """\
-- name: list_films
-- Every film.
select title
from films

-- name: count_films
-- How many there are.
select count(*) from films
"""


def test_queries_are_known_by_their_names():
    queries = Queries(TWO, file="films.sql")

    assert len(queries) == 2
    assert dict(queries) == {
        "list_films": "select title\nfrom films",
        "count_films": "select count(*) from films",
    }


def test_unknown_name_is_a_key_error():
    with pytest.raises(KeyError, match="drop_films"):
        Queries(TWO, file="films.sql")["drop_films"]


def test_comment_within_a_query_belongs_to_it():
    text = "-- name: one\n-- The one.\nselect 1\n-- a reason\n+ 1\n"

    assert Queries(text, file="x.sql")["one"] == "select 1\n-- a reason\n+ 1"


@pytest.mark.parametrize(
    "text, mistake",
    [
        pytest.param(TWO + TWO, "two queries of one name", id="two of one name"),
        pytest.param(
            "-- name: one\nselect 1\n", "without a name or a desc", id="no description"
        ),
        pytest.param(
            "-- name:\n-- The one.\nselect 1\n",
            "without a name or a desc",
            id="no name",
        ),
    ],
)
def test_file_with_a_mistake_is_refused(text, mistake):
    with pytest.raises(ValueError, match=f"films.sql holds .*{mistake}"):
        Queries(text, file="films.sql")


# -------------------------------------------------------------- the package's own files

ROOT = Path(str(files(elt)))


class Module:
    """What a module says about queries, gathered in one walk."""

    def __init__(self, path):
        self.name = ".".join(["elt", *path.relative_to(ROOT).with_suffix("").parts])
        #: (variable, package, file) of `variable = load_queries(...)`.
        self.loads = []
        #: (module, name) of `from module import name`.
        self.imports = set()
        #: (variable, name) of `variable["name"]`.
        self.subscripts = set()
        self.texts = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            self._note(node)

    def _note(self, node):
        match node:
            case ast.Assign([ast.Name(variable)], ast.Call(ast.Name("load_queries"))):
                arguments = [argument.value for argument in node.value.args]
                self.loads.append((variable, *arguments))
            case ast.ImportFrom(module, names):
                self.imports |= {(module, alias.name) for alias in names}
            case ast.Subscript(ast.Name(variable), ast.Constant(name)):
                self.subscripts.add((variable, name))
            case ast.Constant(str(text)):
                self.texts.add(text)


MODULES = [Module(path) for path in ROOT.rglob("*.py")]
LOADS = [
    pytest.param(module, *load, id=f"{load[2]} of {module.name}")
    for module in MODULES
    for load in module.loads
]


def holders(module, variable):
    """Return the modules that have a module's queries: itself, and who imports them."""
    wanted = (module.name, variable)
    return [module, *(other for other in MODULES if wanted in other.imports)]


@pytest.mark.parametrize("module, variable, package, file", LOADS)
def test_every_query_of_a_file_is_used(module, variable, package, file):
    used = set().union(*(holder.texts for holder in holders(module, variable)))

    assert set(load_queries(package, file)) - used == set()


@pytest.mark.parametrize("module, variable, package, file", LOADS)
def test_every_query_that_is_used_exists(module, variable, package, file):
    used = {
        name
        for holder in holders(module, variable)
        for subscripted, name in holder.subscripts
        if subscripted == variable
    }

    assert used - set(load_queries(package, file)) == set()


def test_every_file_of_queries_is_loaded_once():
    loaded = [
        ROOT.joinpath(*package.split(".")[1:], file)
        for module in MODULES
        for _, package, file in module.loads
    ]
    found = [
        path for path in ROOT.rglob("*.sql") if "-- name:" in path.read_text("utf-8")
    ]

    assert sorted(loaded) == sorted(found)
