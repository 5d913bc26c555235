"""Pages made from the code are current; every setting says what it is."""

import pytest

from casedesk.settings import Settings
from tests.house.generated import PAGES
from tests.house.tree import ROOT


@pytest.mark.parametrize("name", PAGES)
def test_page_made_from_the_code_is_current(name):
    assert (ROOT / name).read_text("utf-8") == PAGES[name](), "run `make docs`"


def test_every_setting_is_explained():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
