"""Values that cannot work end an installation with a sentence that names the key."""

from pathlib import Path

import pytest
from rendering import RefusedError, render, run_helm


def nested(path, value):
    """Return the values in which one key is set."""
    *above, key = path.split("/")
    values = {key: value}
    for name in reversed(above):
        values = {name: values}
    return values


@pytest.mark.parametrize(
    "place, key",
    [
        ("", "timezone"),
        ("image", "tagg"),
        ("source", "hots"),
        ("source/external", "hots"),
        ("source/parameters", "max-wal-size"),
        ("source/persistence/retention", "whenDeletd"),
        ("destination/auth", "passwordkey"),
        ("pod", "nodeselector"),
        ("replicator/pod", "nodeselector"),
        ("networkPolicy/extraIngress", "postgres"),
        ("metrics/prometheusRule", "enable"),
        ("config", "source"),
        ("config/destination", "index"),
    ],
)
def test_a_typo_is_named_with_the_place_where_it_is(helm, place, key):
    values = nested(f"{place}/{key}".strip("/"), "x")

    with pytest.raises(RefusedError) as refused:
        render(values, helm=helm)

    where = f"/{place}" if place else ""
    what = f"at '{where}': additional properties '{key}' not allowed"
    assert what in str(refused.value)


@pytest.mark.parametrize(
    "place, key",
    [
        ("", "dbt"),
        ("", "commonLabels"),
        ("source/persistence", "size"),
        ("pod", "labels"),
    ],
)
def test_a_key_without_a_value_is_named(helm, place, key):
    """As it is when all that was below it is a comment."""
    with pytest.raises(RefusedError) as refused:
        render(nested(f"{place}/{key}".strip("/"), None), helm=helm)

    where = f"/{place}" if place else ""
    assert f"at '{where}': missing property '{key}'" in str(refused.value)


@pytest.mark.parametrize(
    "path, value",
    [
        ("schedule", "* * * *"),
        ("schedule", "@fortnightly"),
        ("schedule", "TZ=UTC * * * * *"),
        ("timeZone", "Berlin"),
        ("timeZone", "Local"),
        ("timeZone", "UTC+2"),
        ("startingDeadlineSeconds", 5),
        ("fullnameOverride", "Elt"),
        ("fullnameOverride", "a-name-that-is-longer-than-what-a-cronjob-may-have"),
        ("image/tag", "a tag"),
        ("image/digest", "sha256:123"),
        ("image/pullPolicy", "Sometimes"),
        ("postgres/image/tag", ""),
        ("source/external/host", "db.example.com/shop"),
        ("source/external/port", 70000),
        ("source/persistence/size", "8GB"),
        ("source/persistence/size", "viel"),
        ("source/sharedMemory", "256"),
        ("source/auth/existingSecret", "My_Secret"),
        ("source/tls/mode", "verify"),
        ("source/resources/requests/memory", "1 Gi"),
        ("destination/persistence/retention/whenDeleted", "Keep"),
        ("init/scale", -1),
        ("replicator/backoffLimit", "three"),
        ("controller/maxStalenessSeconds", 1.5),
        ("metrics/serviceMonitor/interval", "30"),
        ("metrics/prometheusRule/runbookBaseUrl", "https://example.com/"),
        ("pod/labels/team", 7),
        ("config/workers", 0),
        ("config/verify", "md5"),
    ],
    ids=str,
)
def test_a_value_that_cannot_be_is_named(helm, path, value):
    with pytest.raises(RefusedError) as refused:
        render(nested(path, value), helm=helm)

    assert f"at '/{path}'" in str(refused.value)


def test_an_external_database_needs_a_host(helm):
    values = {"destination": {"external": {"enabled": True}}}

    with pytest.raises(RefusedError, match="at '/destination/external/host'"):
        render(values, helm=helm)


@pytest.mark.parametrize(
    "schedule, sentence",
    [
        ("61 * * * *", '"61" is no minute, 0 to 59'),
        ("0 24 * * *", '"24" is no hour, 0 to 23'),
        ("0 0 0 * *", '"0" is no day of the month, 1 to 31'),
        ("0 0 1 13 *", '"13" is no month, 1 to 12 or JAN to DEC'),
        ("0 0 * * 7", '"7" is no day of the week, 0 to 6 or SUN to SAT'),
        ("*/0 * * * *", '"*/0" is no minute'),
        ("5-* * * * *", '"5-*" is no minute'),
        ("0 0 * * Tues", '"Tues" is no day of the week'),
    ],
)
def test_a_wrong_field_of_the_schedule_is_named(helm, schedule, sentence):
    with pytest.raises(RefusedError) as refused:
        render({"schedule": schedule}, helm=helm)

    assert f'schedule is "{schedule}", where {sentence}' in str(refused.value)


@pytest.mark.parametrize(
    "schedule",
    ["* * * * *", "*/5 0-23/2 1,15 JAN-mar MON-5", "? 6 ? * *", "0  6 * * *", "@daily"],
)
def test_what_cron_understands_is_taken(schedule):
    cronjob = render({"schedule": schedule}).get("CronJob", "elt-dbt")

    assert cronjob["spec"]["schedule"] == schedule


@pytest.mark.skipif(
    not Path("/usr/share/zoneinfo").exists(), reason="no time zones here"
)
@pytest.mark.parametrize("zone", ["Europe/Berln", "Etc/GMT+33", "America/Berlin"])
def test_a_zone_that_does_not_exist_is_refused(helm, zone):
    with pytest.raises(RefusedError) as refused:
        render({"timeZone": zone}, helm=helm)

    assert f'timeZone is "{zone}", which the IANA database does not have' in str(
        refused.value
    )


@pytest.mark.parametrize(
    "zone",
    [
        "Etc/UTC",
        "UTC",
        "Etc/Zulu",
        "GMT",
        "Africa/Abidjan",
        "Europe/Berlin",
        "Etc/GMT+3",
    ],
)
def test_zones_of_the_iana_database_are_taken(zone):
    cronjob = render({"timeZone": zone}).get("CronJob", "elt-dbt")

    assert cronjob["spec"]["timeZone"] == zone


@pytest.mark.parametrize(
    "values, sentence",
    [
        (
            {"source": {"external": {"enabled": True, "host": "db"}}},
            "your own source at source.external needs init.enabled=false",
        ),
        (
            {"source": {"auth": {"password": "x", "existingSecret": "y"}}},
            "source.auth.password and source.auth.existingSecret are both set",
        ),
        (
            {
                "destination": {
                    "external": {"enabled": True, "host": "db"},
                    "tls": {"serverSecret": "tls"},
                }
            },
            "destination.tls.serverSecret is for a server that the chart installs",
        ),
        (
            {"source": {"tls": {"mode": "verify-full"}}},
            "name a Secret with the authority's certificate in source.tls.caSecret",
        ),
        (
            {"source": {"persistence": {"enabled": False, "existingClaim": "data"}}},
            "source.persistence.existingClaim has no effect",
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused(helm, values, sentence):
    with pytest.raises(RefusedError) as refused:
        render(values, helm=helm)

    assert sentence in str(refused.value)


@pytest.mark.parametrize("release", ["2.shop", "shop.eu", "2"])
def test_a_name_of_a_release_that_no_service_may_have_is_refused(helm, release):
    run_helm("template", release, helm=helm)

    with pytest.raises(RefusedError) as refused:
        run_helm("template", release, values={"fullnameOverride": ""}, helm=helm)

    assert f'The name "{release}" cannot begin those of Services' in str(refused.value)
