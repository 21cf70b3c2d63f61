"""What to write in elt.yaml, as an error says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_PLAIN_KEY = re.compile(r'\w[\w."$-]*')


def advise_options(streams: Iterable[str], options: str) -> str:
    """Return where to give options such as `mode: incremental` to streams, and how.

    Begins in the middle of a sentence, and ends with a line for each of them.
    """
    lines = "".join(f"\n  {_key(stream)}: {{{options}}}" for stream in streams)
    return f"write below streams: of the source in elt.yaml:{lines}"


def _key(stream: str) -> str:
    return stream if _PLAIN_KEY.fullmatch(stream) else json.dumps(stream)
