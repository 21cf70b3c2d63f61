"""Random workloads are played from as many seeds as were asked for."""

import pytest
from integration.history import remove_originals


@pytest.fixture(scope="session", autouse=True)
def originals():
    """Remove, at the end, the clusters that those of tests are copies of."""
    yield
    remove_originals()


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        count = metafunc.config.getoption("seeds")
        metafunc.parametrize("seed", range(count), ids="seed {}".format)
