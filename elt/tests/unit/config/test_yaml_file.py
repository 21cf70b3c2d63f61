"""A file that cannot be read, or is not YAML, is a mistake with its line."""

import pytest
from documents import ENVIRON, mistake_finder

from elt.config import load_config
from elt.errors import ConfigError


@pytest.fixture
def mistakes_in(tmp_path):
    """Return a function that loads a file and returns the lines of the report."""
    return mistake_finder(tmp_path)


def test_file_that_is_not_there_is_a_mistake(tmp_path):
    file = tmp_path / "missing.yaml"

    with pytest.raises(ConfigError, match=r"ELT_CONFIG: cannot read .*: No such file"):
        load_config(ENVIRON | {"ELT_CONFIG": str(file)})


def test_file_in_another_encoding_is_a_mistake(tmp_path):
    file = tmp_path / "elt.yaml"
    file.write_bytes("verify: count  # größer".encode("latin-1"))

    with pytest.raises(ConfigError, match=r"ELT_CONFIG: .*elt\.yaml is not UTF-8"):
        load_config(ENVIRON | {"ELT_CONFIG": str(file)})


@pytest.mark.parametrize(
    "text, mistake",
    [
        pytest.param(
            "verify: count\nworkers: 2\nverify: exact\n",
            "elt.yaml, line 3: the key verify is given twice",
            id="key given twice",
        ),
        pytest.param(
            "sources:\n- {schemas: {a: b, a: c}}\n",
            "elt.yaml, line 2: the key a is given twice",
            id="key given twice further down",
        ),
        pytest.param(
            "verify: count\n workers: 2\n",
            "elt.yaml, line 2: mapping values are not allowed here",
            id="wrong indentation",
        ),
        pytest.param(
            "sources: [a\n",
            "elt.yaml, line 2: while parsing a flow sequence, expected ',' or ']', "
            "but got '<stream end>'",
            id="bracket left open",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "elt.yaml, line 2: expected a single document in the stream, "
            "but found another document",
            id="two documents",
        ),
        pytest.param(
            "verify: !!python/object:os.system x\n",
            "elt.yaml, line 1: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object:os.system'",
            id="tag that would run code",
        ),
        pytest.param(
            "{[a, b]: c}\n",
            "elt.yaml, line 1: while constructing a mapping, found unhashable key",
            id="list as a key",
        ),
        pytest.param(
            "verify: \x00\n",
            "elt.yaml: is not YAML: unacceptable character #x0000: special characters "
            "are not allowed",
            id="control character",
        ),
        pytest.param(
            "verify: 2026-02-30\n",
            "elt.yaml: is not YAML: day is out of range for month",
            id="day that never comes",
        ),
    ],
)
def test_text_that_is_not_yaml_is_named_with_its_line(mistakes_in, text, mistake):
    assert mistakes_in(text) == [mistake]
