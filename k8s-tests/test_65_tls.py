"""The guide to TLS, step by step: servers have to prove who they are."""

import re

import pytest
import yaml
from commands import ROOT, run
from equality import assert_equal
from namespace import ending
from waiting import wait_until

GUIDE = (ROOT / "elt/docs/guides/tls-on-kubernetes.md").read_text()
#: The databases of the chart have a chapter of their own.
CHAPTER = GUIDE.partition("## To the databases of the chart")[2]
CERTIFY = re.findall(r"```sh\n(openssl .*?)```", CHAPTER, re.DOTALL)[0]
VALUES = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", CHAPTER, re.DOTALL)[0])


def certify(folder, namespace):
    """Run what the guide says, and the same with the destination; return the folder."""
    # The authority is made once, and signs for both.
    again = [line for line in CERTIFY.splitlines() if "elt-ca" not in line]
    typed = CERTIFY + "\n".join(again).replace("source", "destination")
    typed = typed.replace("--namespace elt ", f"--namespace {namespace.name} ")
    run("bash", "-euc", f"cd {folder}\n{typed}")


@pytest.fixture(scope="module")
def release(make_release, tmp_path_factory):
    """Return a release whose databases have certificates, as the guide says."""
    values = {f"{database}.tls": VALUES[database]["tls"] for database in VALUES}
    build = {"dbt.extraArgs": ["--select", "stg_elt__sync_runs"]}
    release = make_release("tls", values=values | build)
    certify(tmp_path_factory.mktemp("authority"), release.namespace)
    release.install()
    return release


def test_all_of_it_works_over_tls(release):
    assert VALUES["source"]["tls"]["mode"] == "verify-full"

    release.wait_for_success("elt-dbt-first")

    assert_equal(release)


def test_server_that_another_authority_signed_for_is_not_talked_to(release, tmp_path):
    make_authority, *_ = CERTIFY.splitlines()
    run("bash", "-euc", f"cd {tmp_path}\n{make_authority}")
    release.namespace.kubectl("delete", "secret/elt-ca")
    release.namespace.kubectl(
        "create", "secret", "generic", "elt-ca", f"--from-file={tmp_path}/ca.crt"
    )
    before = release.replicator_uid()
    release.wish("elt-replicator")
    release.wait_for_replicator(other_than=before)

    replicator = release.wait_for_end("elt-replicator")

    assert ending(replicator) == "Failed"
    assert replicator["status"]["failed"] == 1
    wait_until(
        lambda: "SSL" in release.namespace.notes_of("Job", "elt-replicator", "Warning"),
        "an Event that says why",
    )
