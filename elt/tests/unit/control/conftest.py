"""Fixtures of the tests of the controller: a release on a fake cluster."""

import pytest
from controllers import initialized, start


@pytest.fixture
def cluster():
    """Return a cluster with a release whose init Job is complete."""
    return initialized()


@pytest.fixture
def controller(cluster):
    """Return a controller of that release."""
    return start(cluster)
