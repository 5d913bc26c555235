"""Imports point down the floors drawn in pyproject.toml, and every module stands on one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import ROOT

ANYWHERE = {"casedesk.__init__"}
"""The version alone."""

WEB_ALONE = {"starlette", "sse_starlette", "uvicorn"}


def _contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def _floors() -> set[str]:
    layers = next(contract["layers"] for contract in _contracts() if contract["id"] == "floors")
    return {name for layer in layers for name in re.findall(r"[\w.]+", layer)}


def test_every_contract_of_the_floors_holds():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_casedesk_stands_on_a_floor():
    modules = {
        f"casedesk.{path.stem}"
        for path in (ROOT / "casedesk").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists() or any(path.glob("*.py"))
    }

    assert modules - _floors() - ANYWHERE == set(), "name it in the layers of pyproject.toml, [tool.importlinter]"


def test_every_web_area_is_kept_apart_from_the_others():
    contract = next(contract for contract in _contracts() if contract["id"] == "areas")
    areas = {f"casedesk.web.{path.name}" for path in (ROOT / "casedesk" / "web").iterdir() if any(path.glob("*.py"))}

    assert areas == set(contract["modules"])


def test_the_http_server_is_known_to_web_and_app_only():
    knowing = {
        path.relative_to(ROOT).as_posix()
        for package in ("casedesk", "intake", "knowledge")
        for path in (ROOT / package).rglob("*.py")
        if re.search(rf"^(?:from|import) (?:{'|'.join(WEB_ALONE)})\b", path.read_text("utf-8"), re.MULTILINE)
    }

    assert {path for path in knowing if not path.startswith(("casedesk/web/", "casedesk/app"))} == set()
