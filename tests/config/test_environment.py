"""What the environment lays over the file."""

from contextlib import suppress
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import ConfigError
from newsletter.model.specs import SmtpSpec
from tests.config.written import DIGEST, FEED, SMTP, faults, settings

KEYS = [
    "NEWSLETTER_DATABASE",
    "NEWSLETTER_DIGESTS",
    "NEWSLETTER_LANGUAGES",
    "NEWSLETTER_PUBLICATION__NAME",
    "NEWSLETTER_PUBLICATION__NAME__EN",
    "NEWSLETTER_PUBLIC__BASE_URL",
    "NEWSLETTER_SECRET_FILE",
    "NEWSLETTER_SENDER",
    "NEWSLETTER_SENDER__ADDRESS",
    "NEWSLETTER_SOURCES",
    "NEWSLETTER_TRANSPORT",
    "NEWSLETTER_TRANSPORT__HEADERS",
    "NEWSLETTER_TRANSPORT__KIND",
    "NEWSLETTER_TRANSPORT__PASSWORD_FILE",
    "NEWSLETTER_TRANSPORT__PORT",
    "NEWSLETTER_X__Y__Z",
]
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.sampled_from(["[]", "{}", '["en"]', "[[1]]", "[{}]", '{a = {b = "c"}}', "maildir", "1e400"]),
)


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        SMTP,
        NEWSLETTER_TRANSPORT__PORT="2525",
        NEWSLETTER_TRANSPORT__PASSWORD="[from the environment]",
        NEWSLETTER_LANGUAGES='["es"]',
    )
    assert isinstance(found.transport, SmtpSpec)
    assert (found.transport.port, found.languages) == (2525, ("es",))
    assert found.transport.password == "[from the environment]"


def test_a_misspelt_variable_is_a_fault_that_names_the_variable(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SMTP, NEWSLETTER_TRANSPORT__PASWORD="x")
    assert fault.startswith("environment NEWSLETTER_TRANSPORT__PASWORD: transport.pasword")
    (fault,) = faults(tmp_path, NEWSLETTER_TRANPORT__PASSWORD="x")
    assert "environment NEWSLETTER_TRANPORT__PASSWORD" in fault


def test_variables_of_the_test_suite_and_of_others_are_none_of_its_business(tmp_path: Path) -> None:
    settings(tmp_path, NEWSLETTER_TEST_REQUIRE="browser", NEWSLETTERS="x", HOME="/")


def test_what_lies_over_a_value_that_is_no_table_is_a_fault_beside_the_others(
    tmp_path: Path,
) -> None:
    found = faults(tmp_path, FEED + "tags = 1\n", NEWSLETTER_SOURCES__0__URL="https://a.example")
    assert any("NEWSLETTER_SOURCES__0__URL" in line and "is no table" in line for line in found)
    assert any("sources[1].tags: no such key" in line for line in found)


@pytest.mark.parametrize("name", ["NEWSLETTER_", "NEWSLETTER_TRANSPORT__", "NEWSLETTER___PORT"])
def test_a_variable_with_half_a_name_is_a_fault(tmp_path: Path, name: str) -> None:
    assert any(name in fault for fault in faults(tmp_path, SMTP, **{name: "x"}))


def test_a_fault_in_a_list_from_the_environment_names_the_variable(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, NEWSLETTER_LANGUAGES='["en", "en"]')
    assert fault.startswith("environment NEWSLETTER_LANGUAGES: languages[2]: expected another")


def test_the_environment_alone_can_name_the_server(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        NEWSLETTER_TRANSPORT__KIND="smtp",
        NEWSLETTER_TRANSPORT__HOST="localhost",
        NEWSLETTER_TRANSPORT__PER_DOMAIN='{"a.example" = 2}',
    )
    assert isinstance(found.transport, SmtpSpec)
    assert found.transport.per_domain == {"a.example": 2.0}


@hypothesis.settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_whatever_the_environment_says_is_a_setting_or_a_named_fault(
    tmp_path_factory: pytest.TempPathFactory, environ: dict[str, str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    with suppress(ConfigError):
        settings(folder, SMTP + FEED + DIGEST, **environ)
