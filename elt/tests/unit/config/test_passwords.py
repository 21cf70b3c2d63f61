"""A password comes from one place only, and is shown in none."""

import pytest
from environments import MINIMUM, mistakes_in, settings_of


def test_password_file_loses_its_last_line_break_only(tmp_path):
    file = tmp_path / "password"
    file.write_bytes(b" pass word \r\n")

    settings = settings_of(MINIMUM | {"SOURCE_PASSWORD_FILE": str(file)})

    assert settings.password == " pass word "


@pytest.mark.parametrize(
    "content, mistake",
    [
        pytest.param(
            None, "cannot read {file}: No such file or directory", id="missing"
        ),
        pytest.param(b"\n", "{file} is empty", id="empty"),
        pytest.param(b"\xff\xfe", "{file} is not UTF-8", id="not text"),
        pytest.param(
            b"a\0b",
            "{file} has a null character, which no server takes",
            id="null character",
        ),
    ],
)
def test_password_file_that_gives_no_password_is_a_mistake(content, mistake, tmp_path):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    mistakes = mistakes_in(MINIMUM | {"SOURCE_PASSWORD_FILE": str(file)})

    assert mistakes == [f"SOURCE_PASSWORD_FILE: {mistake.format(file=file)}"]


def test_empty_password_beside_a_password_file_is_not_one(tmp_path):
    file = tmp_path / "password"
    file.write_text("secret")
    environ = {"SOURCE_PASSWORD": "", "SOURCE_PASSWORD_FILE": str(file)}

    assert settings_of(MINIMUM | environ).password == "secret"


def test_two_passwords_are_refused(tmp_path):
    file = tmp_path / "password"
    file.write_text("one")
    environ = {"SOURCE_PASSWORD_FILE": str(file), "SOURCE_PASSWORD": "two"}

    assert mistakes_in(MINIMUM | environ) == [
        (
            "SOURCE_PASSWORD_FILE: gives a password, and so does SOURCE_PASSWORD; "
            "keep one of them"
        )
    ]


def test_password_in_the_url_and_beside_it_are_refused():
    environ = {
        "SOURCE_URL": "postgresql://reader:one@db/app",
        "SOURCE_PASSWORD": "two",
    }

    assert mistakes_in(environ) == [
        "SOURCE_URL: gives a password, and so does SOURCE_PASSWORD; keep one of them"
    ]


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_password_is_never_shown(show):
    settings = settings_of(MINIMUM | {"SOURCE_PASSWORD": "hunter2"})

    assert "hunter2" not in show(settings)


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"SOURCE_PASSWORD": "hunter2"}, id="in its variable"),
        pytest.param(
            {"SOURCE_URL": "postgresql://u:hunter2@db:x/d"}, id="in a bad URL"
        ),
        pytest.param({"SOURCE_URL": "postgresql://u:hunter2@"}, id="in half a URL"),
        pytest.param({"SOURCE_URL": "u:hunter2@db/d"}, id="in a URL without a scheme"),
        pytest.param(
            {"SOURCE_URL": "mysql://u:hunter2@db/d?a=b"}, id="in another program's URL"
        ),
    ],
)
def test_no_mistake_repeats_a_password(environ):
    assert "hunter2" not in " ".join(mistakes_in(environ | {"SOURCE_PORT": "x"}))
