"""A long file or function is a question: here it is answered by name, or the thing is cut."""

import ast

from tests.house.tree import name_of, sources

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50

LONG_FILES: dict[str, str] = {}
"""Files allowed to be longer, each with its reason."""

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions allowed to be longer, as file:function, each with its reason."""


def _long_functions() -> set[str]:
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION:
                found.add(f"{name_of(path)}:{node.name}")
    return found


def test_no_file_is_longer_than_its_reason():
    long = {name_of(path) for path in sources() if len(path.read_text("utf-8").splitlines()) > MOST_LINES_OF_A_FILE}

    assert long == set(LONG_FILES)


def test_no_function_is_longer_than_its_reason():
    assert _long_functions() == set(LONG_FUNCTIONS)
