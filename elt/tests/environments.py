"""Connections from an environment for tests: read, or refused."""

import pytest

from elt.config import database_settings
from elt.errors import ConfigError

MINIMUM = {"SOURCE_HOST": "db", "SOURCE_DATABASE": "app", "SOURCE_USER": "reader"}


def settings_of(environ):
    """Return the settings of the source."""
    return database_settings("SOURCE", environ)


def mistakes_in(environ):
    """Return the lines of the report, one for each mistake."""
    with pytest.raises(ConfigError) as refusal:
        settings_of(environ)
    return [line.strip() for line in refusal.value.message.splitlines()[1:]]
