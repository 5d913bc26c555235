"""The files the demo is told from, parsed."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=16)
def read(name: str) -> dict[str, Any]:
    """Return one of the files of this package, parsed; not to be changed."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))
