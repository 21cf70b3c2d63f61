"""What elt.yaml says of columns and rows is read as it is meant, or a mistake."""

import json

import pytest

from elt.config import Mask, MaskKind, Shape, load_config
from elt.errors import ConfigError

ENVIRON = {
    f"{prefix}_URL": f"postgresql://reader@{prefix.lower()}/app"
    for prefix in ("SOURCE", "DESTINATION")
}
KEY = "0123456789abcdef0123456789abcdef"
SECRET = "hunter2"
PATH = "sources[0].streams.public.users"


@pytest.fixture
def load(tmp_path):
    """Return a function that loads what stands below one stream."""
    file = tmp_path / "elt.yaml"

    def load_stream(text, **environ):
        file.write_text(f"sources: [{{streams: {{public.users: {text}}}}}]")
        return load_config(ENVIRON | {"ELT_CONFIG": str(file)} | environ)

    return load_stream


@pytest.fixture
def mistakes_in(load):
    """Return a function that loads it and returns the lines of the report."""

    def mistakes_in_stream(text, **environ):
        with pytest.raises(ConfigError) as refusal:
            load(text, **environ)
        return [line.strip() for line in refusal.value.message.splitlines()[1:]]

    return mistakes_in_stream


@pytest.mark.parametrize(
    "written, mask",
    [
        pytest.param("null", Mask(kind=MaskKind.NULL), id="null"),
        pytest.param('"null"', Mask(kind=MaskKind.NULL), id="null in quotes"),
        pytest.param("hash", Mask(kind=MaskKind.HASH), id="hash"),
        pytest.param("keep", Mask(kind=MaskKind.KEEP), id="keep"),
        pytest.param(
            "{constant: redacted}",
            Mask(kind=MaskKind.CONSTANT, value="redacted"),
            id="constant",
        ),
        pytest.param(
            '{constant: ""}', Mask(kind=MaskKind.CONSTANT, value=""), id="empty text"
        ),
        pytest.param(
            "{constant: 7}", Mask(kind=MaskKind.CONSTANT, value="7"), id="number"
        ),
        pytest.param(
            "{constant: false}",
            Mask(kind=MaskKind.CONSTANT, value="false"),
            id="truth",
        ),
        pytest.param(
            "{truncate: 2}", Mask(kind=MaskKind.TRUNCATE, value=2), id="characters"
        ),
        pytest.param(
            "{truncate: year}", Mask(kind=MaskKind.TRUNCATE, value="year"), id="unit"
        ),
    ],
)
def test_masks_are_read(load, written, mask):
    config = load(f"{{columns: {{mask: {{email: {written}}}}}}}")

    assert config.sources[0].stream("public.users").shape == Shape(
        masks=(("email", mask),)
    )
    assert config.sources[0].is_shaped


def test_columns_and_rows_are_left_out(load):
    config = load('{columns: {exclude: [iban, "E-Mail"]}, where: "id > 7"}')

    assert config.sources[0].stream("public.users").shape == Shape(
        excluded=("iban", "E-Mail"), where="id > 7"
    )


@pytest.mark.parametrize(
    "written, mistake",
    [
        pytest.param(
            "{mask: {phone: hsah}}",
            "mask.phone: is not a mask that we know; did you mean hash?",
            id="misspelt mask",
        ),
        pytest.param(
            "{mask: {phone: encrypt}}",
            "mask.phone: is not a mask that we know: null, hash, keep, "
            "{constant: …} or {truncate: …}",
            id="unknown mask",
        ),
        pytest.param(
            "{mask: {phone: {truncated: 2}}}",
            "mask.phone.truncated: is not a known key; did you mean truncate?",
            id="misspelt mask with a value",
        ),
        pytest.param(
            "{mask: {phone: {constant: a, truncate: 2}}}",
            "mask.phone: is not one mask: null, hash, keep, {constant: …} or "
            "{truncate: …}",
            id="two masks",
        ),
        pytest.param(
            "{mask: {phone: {truncate: 0}}}",
            "mask.phone.truncate: is neither a whole number of at least 1 nor one of "
            "year, quarter, month, week, day, hour, minute",
            id="truncated to nothing",
        ),
        pytest.param(
            "{mask: {phone: {truncate: true}}}",
            "mask.phone.truncate: is neither a whole number of at least 1 nor one of "
            "year, quarter, month, week, day, hour, minute",
            id="truncated to truth",
        ),
        pytest.param(
            "{mask: {phone: {constant: 1.10}}}",
            "mask.phone.constant: is not a text; write it in quotes",
            id="a number that YAML would round",
        ),
        pytest.param(
            "{mask: {phone: {constant: null}}}",
            "mask.phone.constant: is not a text; write it in quotes",
            id="no constant",
        ),
        pytest.param(
            "{exclude: [phone], mask: {phone: hash}}",
            "mask.phone: is excluded, too; keep one of them",
            id="excluded and masked",
        ),
        pytest.param(
            "{exclude: phone}", "exclude: is not a list of texts", id="no list"
        ),
        pytest.param(
            "{excludes: [phone]}",
            "excludes: is not a known key; did you mean exclude?",
            id="misspelt key",
        ),
    ],
)
def test_what_is_not_understood_is_a_mistake(mistakes_in, written, mistake):
    assert mistakes_in(f"{{columns: {written}}}") == [f"{PATH}.columns.{mistake}"]


def test_condition_is_a_text(mistakes_in):
    assert mistakes_in("{where: true}") == [f"{PATH}.where: true is not a text"]


HASHED = "{columns: {mask: {email: hash}}}"


def test_key_is_known_to_the_source_that_hashes(load):
    config = load(HASHED, ELT_MASK_KEY=KEY)

    assert config.sources[0].connection.mask_key == KEY
    assert config.destination.connection.mask_key is None
    assert KEY not in repr(config)


def test_key_is_unknown_where_nothing_is_hashed(load):
    config = load("{where: id > 7}", ELT_MASK_KEY=KEY)

    assert config.sources[0].connection.mask_key is None


def test_key_is_read_from_a_file(load, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")

    config = load(HASHED, ELT_MASK_KEY_FILE=str(file))

    assert config.sources[0].connection.mask_key == KEY


@pytest.mark.parametrize(
    "environ, mistake",
    [
        pytest.param(
            {"ELT_MASK_KEY": SECRET},
            "ELT_MASK_KEY: has fewer than 32 characters; "
            "openssl rand -hex 32 makes one",
            id="short",
        ),
        pytest.param(
            {"ELT_MASK_KEY_FILE": "{folder}/elt.yaml", "ELT_MASK_KEY": SECRET + KEY},
            "ELT_MASK_KEY_FILE: is set beside ELT_MASK_KEY; keep one",
            id="twice",
        ),
        pytest.param(
            {"ELT_MASK_KEY_FILE": "{folder}/missing"},
            "ELT_MASK_KEY_FILE: cannot read {folder}/missing: "
            "No such file or directory",
            id="no file",
        ),
    ],
)
def test_mistakes_about_the_key_do_not_repeat_it(
    mistakes_in, tmp_path, environ, mistake
):
    environ = {k: v.replace("{folder}", str(tmp_path)) for k, v in environ.items()}

    found = mistakes_in(HASHED, **environ)

    assert found == [mistake.replace("{folder}", str(tmp_path))]
    assert SECRET not in json.dumps(found)


def test_an_archive_would_hold_what_is_left_out(mistakes_in):
    [found] = mistakes_in("{columns: {exclude: [iban]}}", ELT_DUMP_PATH="all.dump")

    assert found == (
        "ELT_DUMP_PATH: an archive holds whole tables, and elt.yaml leaves columns or "
        "rows out; unset it"
    )
