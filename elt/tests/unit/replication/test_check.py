"""What a check says of the size of what is to be copied."""

import pytest
from builders import make_relation

from elt.replication.check import describe_size

COUNTED = {"estimated_rows": 1000, "bytes": 1_000_000, "pages": 122}
UNKNOWN = {"estimated_rows": None, "bytes": 4_000_000, "pages": 488}


@pytest.mark.parametrize(
    "facts, text",
    [
        pytest.param([COUNTED], "about 1,000 rows and 1 MB", id="counted"),
        pytest.param([UNKNOWN], "4 MB; rows unknown until ANALYZE", id="none"),
        pytest.param(
            [COUNTED, UNKNOWN],
            "about 1,000 rows and 5 MB; rows of 1 unknown until ANALYZE",
            id="some",
        ),
        pytest.param(
            [{**UNKNOWN, "bytes": 0, "pages": 0}],
            "about 0 rows and 0 bytes",
            id="empty",
        ),
    ],
)
def test_rows_that_nobody_has_counted_are_not_called_none(facts, text):
    assert describe_size(make_relation(**fact) for fact in facts) == text
