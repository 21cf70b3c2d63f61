"""The file elt.yaml for tests: loaded from a text, or refused."""

from textwrap import dedent

import pytest

from elt.config import load_config
from elt.errors import ConfigError

ENVIRON = {
    f"{prefix}_{name}": value
    for prefix in ("SOURCE", "DESTINATION")
    for name, value in [("HOST", "db.example"), ("DATABASE", "app"), ("USER", "reader")]
}


def loader(folder):
    """Return a function that loads the configuration of a file of a text."""
    file = folder / "elt.yaml"

    def load_text(text, environ=ENVIRON):
        file.write_text(dedent(text), encoding="utf-8")
        return load_config(environ | {"ELT_CONFIG": str(file)})

    return load_text


def mistake_finder(folder):
    """Return a function that loads a text and returns the lines of the report."""
    load = loader(folder)

    def mistakes_in_text(text, environ=ENVIRON):
        with pytest.raises(ConfigError) as refusal:
            load(text, environ)
        report = refusal.value.message.replace(f"{folder}/", "")
        return [line.strip() for line in report.splitlines()[1:]]

    return mistakes_in_text
