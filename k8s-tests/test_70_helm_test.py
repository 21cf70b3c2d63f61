"""`helm test --logs`: a user's own proof, on both versions of Helm."""

import pytest
from release import BOTH_HELMS


@BOTH_HELMS
def test_helm_test_proves_the_release(releases, helm):
    """It says what it saw, and leaves nothing behind (Helm 3 its last pods)."""
    release = releases(helm)
    # Others have changed the source since, and this one compares what is there now.
    release.replicate()

    said = release.run_helm("test", release.name, "--logs", "--timeout", "4m")

    assert said.count("Succeeded") >= 3
    assert "film_title" in said
    left = release.namespace.kubectl(
        "get", "pods", "--selector=app.kubernetes.io/component=test", "--output=name"
    )
    assert not left or helm == "helm3"


def test_helm_test_notices_a_copy_that_differs(releases):
    release = releases("helm")
    release.destination("update raw.films set title = 'Forged' where film_id = 1")

    with pytest.raises(Exception, match="elt-test-equality"):
        release.run_helm("test", release.name, "--timeout", "4m")

    release.wait_for_success(release.demand())
    release.run_helm("test", release.name, "--timeout", "4m")
