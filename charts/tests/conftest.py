"""What the tests of the chart share: both Helms, and the files in ci."""

import pytest
from rendering import EXAMPLES, HELMS, render


def pytest_collection_modifyitems(items):
    if not all(helm.exists() for helm in HELMS.values()):
        reason = "needs Helm 3 and 4 in .cache/helm: make .cache/helm/installed"
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(params=HELMS)
def helm(request):
    return request.param


@pytest.fixture(scope="session")
def default():
    """Render the chart without any value."""
    return render()


@pytest.fixture(scope="session", params=EXAMPLES)
def example(request):
    """Render the chart with each of the files in ci."""
    return render(EXAMPLES[request.param])
