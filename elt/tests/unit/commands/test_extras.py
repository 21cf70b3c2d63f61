"""What an installation lacks is named, with the command that installs it."""

import json

import pytest

from elt.cli import main
from elt.commands.extras import require_extra
from elt.errors import ConfigError


def test_packages_that_are_there_pass():
    require_extra("json", "JSON", "json.decoder", "email.message")


@pytest.mark.parametrize("module", ["json.nothing", "nothing", "nothing.at_all"])
def test_package_that_is_missing_is_a_matter_of_configuration(module):
    with pytest.raises(ConfigError, match="The client is not installed") as error:
        require_extra("controller", "The client", "json.decoder", module)

    assert error.value.hint.endswith("'./elt[controller]'")


def test_folder_passes_for_no_package(tmp_path, monkeypatch):
    """As `dbt` of a checkout does, where `python -m` looks for modules."""
    (tmp_path / "folder_of_a_checkout").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ConfigError):
        require_extra("dbt", "dbt", "folder_of_a_checkout.cli")


def test_controller_without_its_client_is_no_bug(monkeypatch, capsys):
    monkeypatch.setattr(
        "elt.commands.control._MODULES", ("kubernetes.client", "nothing.at_all")
    )

    assert main(["control", "--once", "--dry-run"]) == 78
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["message"] == "The client of Kubernetes is not installed"
