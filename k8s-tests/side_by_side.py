"""Two workers of pytest-xdist: which tests stay together, and which run alone."""

import fcntl
from contextlib import contextmanager
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
_FOLDER = ROOT / ".cache"


class Scheduling(LoadScopeScheduling):
    """Leave the story to one worker, file by file, and each other file to one, too."""

    def _split_scope(self, nodeid):
        file, _, _ = nodeid.partition("::")
        stem = Path(file).stem
        return stem if stem in APART else "story"


@contextmanager
def turn(*, is_alone):
    """Hold off a test that needs the cluster for itself, or all others while it runs.

    Who waits for the cluster keeps the others from beginning one test more.
    """
    _FOLDER.mkdir(exist_ok=True)
    with (_FOLDER / "e2e-cluster.lock").open("w") as cluster:
        with (_FOLDER / "e2e-next.lock").open("w") as next_one:
            fcntl.flock(next_one, fcntl.LOCK_EX)
            fcntl.flock(cluster, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        yield
