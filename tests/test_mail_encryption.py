"""STARTTLS is offered with the certificate that the settings name, and a wrong one is said before anything is served."""

from pathlib import Path

import pytest

from casedesk.app import mail_encryption
from casedesk.errors import Unusable
from casedesk.settings import Settings

PEM = Path(__file__).with_name("localhost.pem")


def test_without_a_certificate_nothing_is_offered():
    assert mail_encryption(Settings()) is None


def test_a_certificate_with_its_key_in_one_file_is_read():
    context = mail_encryption(Settings(smtp_certificate=str(PEM)))

    assert context is not None


@pytest.mark.parametrize("path", ["/nowhere/mail.pem", __file__])
def test_what_is_no_certificate_is_named(path: str):
    with pytest.raises(Unusable, match="cannot be used"):
        mail_encryption(Settings(smtp_certificate=path))
