"""Which streams a source covers, and where its schemas land."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest
from builders import make_source

from elt.config import StreamConfig, SyncMode, matches, model


@pytest.mark.parametrize(
    "patterns, is_covered",
    [
        pytest.param({}, True, id="nothing said"),
        pytest.param({"include": ("public.*",)}, True, id="schema included"),
        pytest.param({"include": ("app.*",)}, False, id="another schema included"),
        pytest.param(
            {"include": ("app.*", "public.films")}, True, id="named among others"
        ),
        pytest.param({"include": ()}, False, id="nothing included"),
        pytest.param({"exclude": ("*.films",)}, False, id="table excluded"),
        pytest.param({"exclude": ("*.film",)}, True, id="a shorter name excluded"),
        pytest.param(
            {"include": ("public.films",), "exclude": ("public.*",)},
            False,
            id="included and excluded",
        ),
        pytest.param({"include": ("Public.*",)}, False, id="another case"),
    ],
)
def test_source_covers_what_is_included_and_not_excluded(patterns, is_covered):
    assert make_source(**patterns).covers("public.films") is is_covered


@pytest.mark.parametrize(
    "stream, pattern",
    [
        pytest.param("public.films", "public.films", id="its name"),
        pytest.param("public.films", "*.fil?s", id="a pattern"),
        pytest.param("public.a[1]", "public.a[1]", id="a name with brackets"),
        pytest.param('"a.b".c d', '"a.b".c d', id="a name in quotes"),
    ],
)
def test_stream_is_called_by_name_or_pattern(stream, pattern):
    assert matches(stream, ["no.other", pattern])


@pytest.mark.parametrize(
    "schema, landing",
    [
        pytest.param("public", "shop", id="public gets the source's name"),
        pytest.param("orders", "shop_orders", id="another gets both names"),
        pytest.param("Old Stuff", "shop_Old Stuff", id="capitals and blanks stay"),
        pytest.param("hr", "people", id="mapped by hand"),
    ],
)
def test_schema_lands_under_the_name_of_its_source(schema, landing):
    source = make_source(name="shop", schemas=(("hr", "people"),))

    assert source.landing_schema(schema) == landing


def test_stream_has_the_overrides_of_its_name():
    override = StreamConfig(mode=SyncMode.FULL_REFRESH)
    source = make_source(streams=(("public.films", override),))

    assert source.stream("public.films") == override
    assert source.stream("public.actors") == StreamConfig()


@pytest.mark.parametrize(
    "record",
    [value for value in vars(model).values() if is_dataclass(value)],
    ids=lambda record: record.__name__,
)
def test_configuration_cannot_be_changed(record):
    field, *_ = fields(record)

    with pytest.raises(FrozenInstanceError):
        setattr(object.__new__(record), field.name, "changed")
