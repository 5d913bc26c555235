"""A foreign package in place of one of ours is noticed at the start."""

import pytest

from casedesk.errors import Unusable
from casedesk.installation import check_packages


def test_the_packages_of_this_checkout_are_casedesks_own():
    check_packages()


def test_another_programs_package_of_the_same_name_is_refused_with_the_cure(tmp_path, monkeypatch):
    (tmp_path / "overwritten").mkdir()
    (tmp_path / "overwritten" / "__init__.py").write_text("raise RuntimeError('its code must not run')\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(Unusable, match="environment of its own"):
        check_packages(("overwritten",))


def test_a_missing_package_is_refused():
    with pytest.raises(Unusable, match="not casedesk's"):
        check_packages(("no_such_package_of_ours",))
