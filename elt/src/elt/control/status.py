"""ConfigMap elt-status: what is happening and why, and the newest runs."""

from __future__ import annotations

from typing import Protocol

from elt import logs
from elt.control.complaints import Complaints
from elt.control.failures import ConflictError, ForbiddenError
from elt.control.fields import Manifest, text
from elt.control.observed import Observed
from elt.control.runs import Run, merge_runs, read_runs, write_runs
from elt.errors import EltError

log = logs.logger(__name__)

_SUMMARY = "summary"
_RUNS = "runs.json"


class ConfigMaps(Protocol):
    """Where the status is kept."""

    def read_config_map(self, name: str) -> Manifest:
        """Return the data of a ConfigMap; ConflictError when there is none."""

    def patch_config_map(self, name: str, data: dict[str, str]) -> None:
        """Change some data of a ConfigMap; ConflictError when there is none."""


class StatusPage:
    """Keeps the ConfigMap up to date; what goes wrong with it is only logged."""

    def __init__(self, config_maps: ConfigMaps, name: str) -> None:
        self._config_maps = config_maps
        self._name = name
        self._written: dict[str, str] | None = None
        self._complaints = Complaints()
        self.runs: tuple[Run, ...] = ()

    def load(self) -> None:
        """Read the runs of Jobs that are gone by now, once."""
        if self._written is not None:
            return
        try:
            data = self._config_maps.read_config_map(self._name)
        except (ConflictError, ForbiddenError) as error:
            self._complain(error)
            data = {}
        self._written = {key: text(data, key) for key in (_SUMMARY, _RUNS)}
        self.runs = read_runs(self._written[_RUNS])

    def update(self, summary: str, observed: Observed) -> None:
        """Write what is happening, where it is not what was written last."""
        self.runs = merge_runs(self.runs, observed)
        data = {_SUMMARY: summary, _RUNS: write_runs(self.runs)}
        if data == self._written:
            return
        try:
            self._config_maps.patch_config_map(self._name, data)
        except EltError as error:
            self._complain(error)
        else:
            self._written = data
            self._complaints.settle()

    def _complain(self, error: EltError) -> None:
        if self._complaints.is_new(error):
            log.warning("failed to write status", error=error.message, hint=error.hint)
