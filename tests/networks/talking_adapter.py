"""An adapter whose library prints to standard output, for tests of what happens then."""

import os

from data.sources.dm01 import PARSER_VERSION, SOURCE
from data.sources.dm01 import read as read_dm01
from data.sources.reading import Reading

__all__ = ["PARSER_VERSION", "SOURCE", "read"]


def read(content: bytes, file: str) -> Reading:
    """Reads as the real one does, and prints."""
    os.write(1, b"Warning: something\n")
    return read_dm01(content, file)
