import re
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from rendering.colours import contrast
from rendering.mail import plain_value, render_mail

LINK = "https://jobs.example.org/t/abc.def"


def _mail(body="Dear Ada,\n\nplease take the test.\nIt takes 40 minutes.", **changes):
    arguments = {
        "link": LINK,
        "link_label": "Open the test",
        "sender_name": "Northwind Ltd",
        "footer": "You applied for Developer.\n\nQuestions: write to jobs@example.org.",
        **changes,
    }
    return render_mail(body, **arguments)


class _Reader(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.words = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])

    def handle_data(self, data):
        self.words.append(data)


def test_text_part_says_everything_with_the_link_on_its_own_line():
    assert _mail().text == (
        "Dear Ada,\n\nplease take the test.\nIt takes 40 minutes.\n\nOpen the test:\nhttps://jobs.example.org/t/abc.def"
        "\n\n-- \nNorthwind Ltd\nYou applied for Developer.\n\nQuestions: write to jobs@example.org.\n"
    )


def test_html_part_has_one_button_and_the_address_in_full():
    html = _mail(preheader="40 minutes").html
    seen = _Reader(html)

    assert seen.links == [LINK, LINK]
    assert LINK in seen.words
    assert "please take the test.<br>It takes 40 minutes.</p>" in html
    assert '<html lang="en" dir="ltr">' in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "40 minutes</div>" in html
    assert not {"img", "script", "link", "form"} & set(seen.tags)
    assert "http" not in html.replace(LINK, "")


def test_mail_without_link_has_no_button():
    mail = _mail(link=None)

    assert _Reader(mail.html).links == []
    assert "button does not work" not in mail.html
    assert "Open the test" not in mail.text


@pytest.mark.parametrize(
    "field",
    ["body", "sender_name", "footer", "preheader", "link_label"],
)
def test_case_10_html_injection_mail_every_field_is_escaped(field):
    attack = '<a href="https://evil.org">x</a><img src=y onerror=alert(1)> & **b** [c](https://evil.org)'
    clean = _Reader(_mail().html)

    mail = _mail(**{field: attack})
    seen = _Reader(mail.html)

    assert seen.links == clean.links
    assert "img" not in seen.tags
    assert "&lt;a href=&quot;https://evil.org&quot;&gt;x&lt;/a&gt;" in mail.html
    assert "<strong>" not in mail.html


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "/relative", "mailto:x@y.org", "https:///x", "https://a b", "https://a\r\nb"],
)
def test_link_must_be_an_absolute_web_address(link):
    with pytest.raises(ValueError, match="absolute http or https"):
        _mail(link=link)


@pytest.mark.parametrize("accent", ["red;background:url(https://evil.org)", '"><script>', "#12345", ""])
def test_accent_that_is_no_colour_means_the_default(accent):
    assert _mail(accent=accent).html == _mail().html


@pytest.mark.parametrize("accent", ["#4f46e5", "#ffff00", "#8b93ff", "#000000", "#777777"])
def test_button_text_is_readable_on_any_accent(accent):
    html = _mail(accent=accent).html

    background, text = re.search(
        r"background:(#\w{6});border.*?;color:(#\w{6});text-decoration:none", html
    ).groups()
    assert background == accent
    assert contrast(background, text) > 4.3


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_direction_and_language_are_the_readers():
    html = _mail(language="ar", direction="rtl").html

    assert '<html lang="ar" dir="rtl">' in html
    assert translation.get_language() != "ar"
    assert f'<a href="{LINK}" dir="ltr"' in html


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_case_21_nul_bytes_any_text_makes_a_mail(body, name):
    mail = _mail(body, sender_name=name)

    mail.text.encode()
    mail.html.encode()
    assert "\x00" not in mail.text + mail.html
    assert _Reader(mail.html).links == [LINK, LINK]


@pytest.mark.parametrize(
    "address", ["https://evil.org/x", "www.evil.org", "evil.org", "EVIL.ORG/x", "x@evil.org, hi"]
)
def test_case_10_html_injection_mail_a_value_makes_no_address(address):
    value = plain_value(f"Ada {address}\r\nhttp://second.org")

    assert not re.search(r"\w://\w|\w\.[a-z]{2,}(?![a-z])", value, re.IGNORECASE)
    assert "\n" not in value
    assert value.replace("\u2060", "") == f"Ada {address} http://second.org"


@pytest.mark.parametrize(
    "name", ["J. R. Smith", "O'Brien-Łuk", "Dr. Who", "Sr. Developer (m/f/d)", "C++ 3.11"]
)
def test_plain_value_leaves_names_and_titles_alone(name):
    assert plain_value(name) == name


def test_button_stands_where_the_text_says():
    mail = _mail(body="Dear Ada,\n\n{{ link }}\n\nGood luck.")

    assert mail.text.startswith(
        "Dear Ada,\n\nOpen the test:\nhttps://jobs.example.org/t/abc.def\n\nGood luck.\n\n-- \n"
    )
    assert mail.html.index("Dear Ada,") < mail.html.index(LINK) < mail.html.index("Good luck.")
    assert "{{" not in mail.html
