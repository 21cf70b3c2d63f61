"""Two workers of pytest-xdist: which tests stay together, and which run alone."""

import fcntl
from contextlib import ExitStack, contextmanager
from pathlib import Path

from commands import ROOT
from xdist.scheduler import LoadScopeScheduling

#: Files whose releases are their own; all others are the story, in their order.
APART = {
    "test_00_images",
    "test_35_follower",
    "test_50_failure",
    "test_62_wrong_values",
    "test_65_tls",
}
#: Files of the story that have a release of their own for Helm 3.
WITH_HELM_3 = {"test_40_upgrade", "test_70_helm_test"}
_FOLDER = ROOT / ".cache"


class Scheduling(LoadScopeScheduling):
    """Leave the story to one worker, file by file, and each other file to one, too.

    What the story does with Helm 3 is left to any, after one another as well.
    """

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        stem = Path(file).stem
        if stem in WITH_HELM_3 and test.endswith("[Helm 3]"):
            return "helm3"
        return stem if stem in APART else "story"


@contextmanager
def turn(*, is_alone):
    """Hold off a test that needs the cluster for itself, or all others while it runs.

    Who waits for the cluster keeps the others from beginning one test more.
    """
    with ExitStack() as stack:
        with locked("next"):
            stack.enter_context(locked("cluster", is_shared=not is_alone))
        yield


@contextmanager
def locked(name, *, is_shared=False):
    """Hold a lock, which the workers have in common, for a block."""
    _FOLDER.mkdir(exist_ok=True)
    with (_FOLDER / f"e2e-{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX)
        yield
