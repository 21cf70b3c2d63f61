"""Commands that ask nothing of a source need nothing but the destination."""

import pytest

from elt.config import load_destination
from elt.errors import ConfigError

PLACE = {"HOST": "db.example", "DATABASE": "app", "USER": "loader"}
DESTINATION = {f"DESTINATION_{name}": value for name, value in PLACE.items()}


@pytest.fixture
def load(tmp_path):
    """Return a function that loads the destination of a file of this text."""
    file = tmp_path / "elt.yaml"

    def load_text(text, environ):
        file.write_text(text)
        return load_destination({"ELT_CONFIG": str(file)} | environ)

    return load_text


def test_destination_needs_no_source():
    assert load_destination(DESTINATION).connection.host == "db.example"


def test_destination_that_elt_yaml_names_is_read(load):
    environ = {f"WAREHOUSE_{name}": value for name, value in PLACE.items()}
    text = (
        "sources: [{name: crm, connection: CRM}]\ndestination: {connection: WAREHOUSE}"
    )

    assert load(text, environ).connection.prefix == "WAREHOUSE"


def test_key_of_hashes_is_not_asked_for(load):
    text = "sources: [{streams: {public.users: {columns: {mask: {email: hash}}}}}]"

    assert load(text, DESTINATION).connection.database == "app"


@pytest.mark.parametrize(
    "text, environ, words",
    [
        pytest.param("", {}, "DESTINATION_HOST", id="missing"),
        pytest.param(
            "destination: {constraint: all}",
            DESTINATION,
            "constraint",
            id="in its part",
        ),
        pytest.param(
            "destinations: {}",
            DESTINATION,
            "destinations",
            id="in the name of its part",
        ),
    ],
)
def test_mistakes_about_it_are_named(load, text, environ, words):
    with pytest.raises(ConfigError, match=words):
        load(text, environ)
