import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.address import NotAnAddress, key, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  Ann.Lee+news@Example.COM \t", "Ann.Lee+news@example.com"),
        ("ann@faß.de", "ann@xn--fa-hia.de"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@例え。jp", "ann@xn--r8jz45g.jp"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("ann@r3---sn.example", "ann@r3---sn.example"),
    ],
)
def test_an_address_is_kept_in_one_way_of_writing(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("ann", "not one plain address"),
        ("ann@example.com, ben@example.com", "not one plain address"),
        ("Ann <ann@example.com>", "not one plain address"),
        ("a@b.c <d@e.f>", "not one plain address"),
        ('"ann lee"@example.com', "not one plain address"),
        ("ann@example.com\r\nBcc: x@y.example", "not one plain address"),
        ("ann\x00@example.com", "not one plain address"),
        ("josé@example.com", "outside ASCII before the @"),
        (".ann@example.com", "before the @"),
        ("ann..lee@example.com", "before the @"),
        ("x" * 65 + "@example.com", "before the @"),
        ("ann@localhost", "after the @"),
        ("ann@192.0.2.1", "after the @"),
        ("ann@[192.0.2.1]", "not one plain address"),
        ("ann@-example.com", "after the @"),
        ("ann@exa_mple.com", "after the @"),
        ("ann@example..com", "after the @"),
        ("ann@example.com.", "after the @"),
        ("ann@" + "x" * 64 + ".com", "after the @"),
        ("ann@" + "x.y" * 84 + ".com", "after the @"),
        ("x" * 60 + "@" + "x.y" * 65 + ".com", "longer than 254"),
        ("ann@ex\u202eample.com", "after the @"),
    ],
)
def test_what_is_no_address_is_told_why(text: str, reason: str) -> None:
    found = normalise(text)
    assert isinstance(found, NotAnAddress)
    assert reason in found.reason


def test_case_does_not_tell_people_apart() -> None:
    assert key("Ann@example.com") == key("ann@example.com")


@given(st.text() | st.emails() | st.text('a@.\r\n <>"ß,;', max_size=30))
def test_a_normalised_address_is_safe_and_stays_as_it_is(text: str) -> None:
    address = normalise(text)
    if isinstance(address, str):
        assert normalise(address) == address
        assert address.isascii()
        assert address.isprintable()
        assert address.count("@") == 1
        assert not set(address) & set(' <>,;:"\\()')
