"""What is installed from the wheel is whole and works away from the checkout."""

import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT

IN_THE_DESK = """
import asyncio, sys
from pathlib import Path
import casedesk, intake, knowledge
from casedesk import rendering, settings
from casedesk.database.migrating import migrate
from casedesk.installation import check_packages

place = Path(sys.argv[1])
assert all(Path(module.__file__).is_relative_to(place) for module in (casedesk, intake, knowledge))
check_packages()
assert rendering.template_folder().is_relative_to(place)
desk = settings.load(data=Path(sys.argv[2]))
print(asyncio.run(migrate(desk, lambda _line: None))[0])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(
        [*command, "--disable-pip-version-check", "-w", folder, ROOT], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("casedesk-*.whl"))


def _wanted() -> set[str]:
    own = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    templates = {
        f"casedesk/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    return own | templates


def test_the_wheel_holds_every_file_of_the_program_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert held == _wanted()


def test_an_installed_wheel_makes_a_desk_away_from_the_checkout(wheel, tmp_path):
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    desk = tmp_path / "desk"
    desk.mkdir()

    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, sys.argv[1])\n{IN_THE_DESK}", place, desk],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "0001_first\n"


def test_an_installed_wheel_serves_its_pages(wheel, tmp_path):
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    program = f"import sys; sys.path.insert(0, {str(place)!r}); from casedesk.cli import main; main()"
    command = [sys.executable, "-P", "-c", program]
    desk = ["--data", str(tmp_path / "desk")]
    subprocess.run(
        [*command, "init", *desk, "--password-stdin"],
        input="a long password for tests\n",
        cwd=tmp_path,
        text=True,
        check=True,
        capture_output=True,
    )

    serving = subprocess.Popen(
        [*command, "serve", *desk, "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0"],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        with serving.stdout:
            base = serving.stdout.readline().split()[1].removeprefix("http=")
            page = urllib.request.urlopen(f"{base}/sign-in", timeout=20).read().decode()
            sheet = re.search(r'href="(/static/css/[^"]+)"', page)
            style = urllib.request.urlopen(base + sheet[1], timeout=20).read()
            serving.terminate()
    finally:
        ended = serving.wait(20)

    assert 'name="password"' in page
    assert len(style) > 500
    assert ended == 0
