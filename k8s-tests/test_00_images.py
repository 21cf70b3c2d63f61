"""The images as a pod runs them: without root, and with nothing to write but /tmp.

Needs Docker and no cluster: `make images` first.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ELT, DBT = "elt:dev", "elt-dbt:dev"
LARGEST_MEGABYTES = {ELT: 180, DBT: 420}
#: As the chart's pods are restricted.
RESTRICTED = "--read-only --tmpfs=/tmp --cap-drop=ALL --security-opt=no-new-privileges"
HOME = "/tmp"  # noqa: S108  that of the image
EVERYBODYS = ("/var/tmp", "/run/lock")  # noqa: S108  the same
DATABASES = {"elt-source": "source_db", "elt-destination": "destination_db"}
PREFIXES = ("SOURCE", "DESTINATION")
NETWORK = "elt-test-images"

each_image = pytest.mark.parametrize("image", [ELT, DBT])


@pytest.fixture(scope="session", autouse=True)
def is_docker_there():
    if shutil.which("docker") is None:
        pytest.skip("Docker is not there")


def docker(*words, stdin=None):
    """Run docker and return how it ended."""
    return subprocess.run(
        ["docker", *map(str, words)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def done(*words, stdin=None):
    """Run docker and return what it printed; it has to succeed."""
    ended = docker(*words, stdin=stdin)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


def elt(image, *words, **variables):
    """Run the command in an image as a pod would."""
    environment = [f"--env={name}={value}" for name, value in variables.items()]
    options = [*RESTRICTED.split(), f"--network={NETWORK}", *environment]
    return docker("run", "--rm", *options, image, *words)


def shell(image, script):
    """Run a script in an image as a pod would, and return what it printed."""
    options = [*RESTRICTED.split(), "--network=none", "--entrypoint=sh"]
    return done("run", "--rm", *options, image, "-c", script)


def inspect(image):
    [document] = json.loads(done("image", "inspect", image))
    return document


def version_of_elt():
    text = (ROOT / "elt/src/elt/__init__.py").read_text()
    return re.search('^__version__ = "(.+)"', text, re.MULTILINE)[1]


def lines(ended):
    """Return the lines of a command's log."""
    return [json.loads(line) for line in ended.stderr.splitlines()]


# ------------------------------------------------------------------------ the images


@each_image
def test_image_is_small(image):
    assert inspect(image)["Size"] <= LARGEST_MEGABYTES[image] * 1_000_000


@each_image
def test_user_is_10001_and_has_a_name_and_a_home(image):
    assert inspect(image)["Config"]["User"] == "10001:10001"
    assert shell(image, "id -u; id -g; id -un; echo ~; pwd").split() == [
        "10001",
        "10001",
        "elt",
        HOME,
        HOME,
    ]


@each_image
def test_nothing_but_temporary_folders_can_be_written(image):
    writable = shell(
        image, "find / -xdev -writable ! -type l -not -path '/dev/*' 2>/dev/null || :"
    )

    assert set(writable.split()) <= {HOME, *EVERYBODYS}


@each_image
def test_no_program_gives_more_rights(image):
    found = shell(image, "find / -xdev -type f -perm /6000 2>/dev/null || :")

    assert found == ""


@each_image
def test_nothing_can_be_installed_or_compiled(image):
    programs = "pip pip3 gcc cc make"
    assert shell(image, f"command -v {programs} || :") == ""

    for python in ("python", "/opt/elt/bin/python"):
        modules = "pip", "ensurepip", "setuptools"
        find = "from importlib.util import find_spec as f; print(f('{}'))"
        asked = [f'{python} -c "{find.format(module)}"' for module in modules]
        assert shell(image, "; ".join(asked)).split() == ["None"] * len(modules)


@each_image
def test_labels_say_what_it_is(image):
    labels = inspect(image)["Config"]["Labels"]

    told = {key.rpartition(".")[2]: value for key, value in labels.items()}
    version = version_of_elt()
    assert told["title"] == image.partition(":")[0]
    assert (told["version"], told["licenses"]) == (version, "Apache-2.0")
    assert re.fullmatch("[0-9a-f]{40}|unknown", told["revision"])
    assert {"description", "source"} <= set(told)


@each_image
def test_everything_installed_is_pinned(image):
    pins = (ROOT / "images/constraints.txt").read_text().splitlines()

    listing = (
        "from importlib.metadata import distributions as d;"
        "print(*(f'{x.name}=={x.version}' for x in d()), sep='\\n')"
    )
    installed = shell(image, f'python -c "{listing}"').split()

    assert len(installed) > 10
    unpinned = set(installed) - set(pins)
    assert {pin for pin in unpinned if not pin.startswith("elt==")} == set()


@each_image
def test_bytecode_is_there_since_it_cannot_be_written(image):
    """A module without it is compiled anew at every start."""
    modules = {
        ELT: "elt.replication.replicator, elt.seed.seeder, kubernetes.client",
        DBT: "elt.replication.replicator, dbt.cli.main",
    }

    told = shell(image, f"python -v -c 'import {modules[image]}' 2>&1")

    assert re.findall(r"^# code object from '.+\.pyc'", told, re.MULTILINE)
    assert re.findall(r"^# code object from '(.+\.py)'", told, re.MULTILINE) == []


@each_image
def test_command_tells_its_version(image):
    version = version_of_elt()

    assert elt(image, "--version").stdout == f"elt {version}\n"


@each_image
def test_signal_ends_the_first_process_of_a_container(image):
    """It has no handlers but those that it sets."""
    name = f"{NETWORK}-signal"
    waiting = "--env=ELT_RETRY_DELAY_SECONDS=600"
    places = [f"--env={x}_URL=postgresql://a@nobody.invalid/b" for x in PREFIXES]
    words = {ELT: ["replicate"], DBT: ["dbt"]}[image]
    options = ["--detach", f"--name={name}", "--network=none", waiting, *places]
    docker("rm", "--force", name)
    done("run", *options, *RESTRICTED.split(), image, *words)
    while "waited for database" not in docker("logs", name).stderr:
        assert done("inspect", "--format={{.State.Running}}", name).strip() == "true"

    done("stop", "--time=60", name)

    code = done("inspect", "--format={{.State.ExitCode}}", name).strip()
    docker("rm", "--force", name)
    assert code == "143"


def test_controller_is_there():
    assert "--start-deadline" in elt(ELT, "control", "--help").stdout


# ------------------------------------------------------------------------------- dbt


@pytest.fixture(scope="module", autouse=True)
def network():
    docker("network", "rm", NETWORK)
    done("network", "create", NETWORK)
    yield
    docker("network", "rm", NETWORK)


@pytest.fixture(scope="module")
def servers(network):
    """Return the variables that name two servers, which are started."""
    variables = {}
    for host, database in DATABASES.items():
        docker("rm", "--force", "--volumes", f"{NETWORK}-{host}")
        done(
            *("run", "--detach", f"--network={NETWORK}", f"--network-alias={host}"),
            *(f"--name={NETWORK}-{host}", f"--env=POSTGRES_DB={database}"),
            *("--env=POSTGRES_USER=elt", "--env=POSTGRES_PASSWORD=secret"),
            "postgres:17",
        )
        prefix = host.removeprefix("elt-").upper()
        variables |= {f"{prefix}_HOST": host, f"{prefix}_DATABASE": database}
        variables |= {f"{prefix}_USER": "elt", f"{prefix}_PASSWORD": "secret"}
    yield variables | {"ELT_MAX_RETRIES": "60", "ELT_RETRY_DELAY_SECONDS": "1"}
    for host in DATABASES:
        docker("rm", "--force", "--volumes", f"{NETWORK}-{host}")


@pytest.fixture(scope="module")
def pipeline(servers):
    """Return the variables of a pipeline that has replicated."""
    for words in (["seed", "--scale", "0"], ["replicate"]):
        ended = elt(ELT, *words, **servers)
        assert ended.returncode == 0, ended.stderr
    return servers


@pytest.fixture(scope="module")
def built(pipeline):
    """Return how the first run of dbt ended."""
    return elt(DBT, "dbt", **pipeline)


def test_project_is_built_from_the_image(built):
    assert built.returncode == 0, built.stderr

    finished = lines(built)[-1]
    assert finished["message"] == "finished dbt"
    assert (finished["failed"], finished["models"] > 0) == (0, True)


def test_manifest_is_there_for_the_replicator():
    manifest = json.loads(shell(DBT, "cat /dbt/target/manifest.json"))

    assert "model.postgres_elt_dbt.film_ratings" in manifest["child_map"]


def test_project_is_not_parsed_again(built):
    [parsed] = [line for line in lines(built) if line["message"] == "parsed project"]

    assert parsed["reused"] is True


def test_other_destination_is_parsed_for_anew(pipeline):
    server = f"{NETWORK}-elt-destination"
    elsewhere = pipeline | {"DESTINATION_HOST": server}

    ended = elt(DBT, "dbt", "--select", "film_ratings", **elsewhere)

    assert ended.returncode == 0, ended.stderr
    [parsed] = [line for line in lines(ended) if line["message"] == "parsed project"]
    assert (parsed["reused"], parsed["reason"]) == (False, "profile has changed")


def test_dbt_runs_in_the_image_of_the_documentation(built, pipeline):
    """A project of one's own, here ours, baked in and parsed."""
    readme = (ROOT / "images/README.md").read_text()
    section = readme.partition("## A dbt project of your own")[2]
    dockerfile = re.search(r"```dockerfile\n(.+?)```", section, re.DOTALL)[1]
    image = done("build", "--quiet", "--file=-", "dbt", stdin=dockerfile).strip()

    ended = elt(image, "dbt", "--select", "film_ratings", **pipeline)

    docker("image", "rm", "--force", image)
    assert ended.returncode == 0, ended.stderr
    assert lines(ended)[0]["reused"] is True


def test_destination_that_is_not_there_is_tried_again_later():
    variables = {
        "DESTINATION_HOST": "nobody.invalid",
        "DESTINATION_DATABASE": "db",
        "DESTINATION_USER": "elt",
        "ELT_MAX_RETRIES": "0",
    }

    ended = elt(DBT, "dbt", **variables)

    assert ended.returncode == 75
    assert lines(ended)[-1]["exit_code"] == 75


def test_missing_configuration_is_not_tried_again():
    assert elt(DBT, "dbt").returncode == 78
