"""Letters in the staff app: written block by block, mended, looked at, tried, put to use."""

import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tactful.broadcasts.tests.cast import Salon, make_salon
from tactful.content.actions import NewTemplate, publish_template
from tactful.content.models import LetterDraft, LetterPicture, TemplateVersion
from tactful.content.rules.letters.blocks import from_json
from tactful.content.rules.letters.letter import Letter, letters_of
from tactful.content.templates_seed import load_seed_templates
from tactful.content.tests.test_pictures import png
from tactful.content.types import MailSource
from tactful.foundation import files
from tactful.foundation.models import Role, User
from tactful.web.tests.test_broadcasts import browser_of, shown

URL = "/letters/welcome/"


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon()


@pytest.fixture
def browser(salon: Salon) -> Client:
    return browser_of(salon.owner)


def begun(browser: Client) -> LetterDraft:
    shown(browser, "/letters/new/", {"name": "Welcome"})
    return LetterDraft.objects.get()


def does(browser: Client, part: str, language: str = "nb", **given: str) -> str:
    revision = str(LetterDraft.objects.get().revision)
    return shown(browser, f"{URL}{part}/", {"revision": revision, "l": language, **given})


def now(language: str = "nb") -> Letter:
    return letters_of(LetterDraft.objects.get().body).of(language)


def kinds(language: str = "nb") -> list[str]:
    return [block.kind for block in now(language).blocks]


def test_from_nothing_to_use(browser: Client) -> None:
    begun(browser)
    assert "Velkommen" not in shown(browser, URL)
    does(browser, "head", subject="Velkommen, {{ given_name }}", preheader="", unsubscribe="")
    page = does(
        browser, "blocks", act="add", path="0", kind="heading", **{"b-text": "Velkommen", "b-level": "1"}
    )
    assert "Added." in page
    does(browser, "blocks", act="add", path="2", kind="button",
         **{"b-label": "Bestill time", "b-href": "https://salong.example/"})  # fmt: skip
    assert kinds() == ["heading", "text", "button", "signature"]
    frame = shown(browser, f"{URL}frame/?l=nb&view=dark")
    assert "Bestill time" in frame
    assert "@media all" in frame
    does(browser, "publication")
    version = TemplateVersion.objects.get()
    assert (version.template.slug, version.language, version.number) == ("welcome", "nb", 1)
    assert [block.kind for block in from_json(version.blocks)] == ["heading", "text", "button", "signature"]
    assert not LetterDraft.objects.exists()
    assert "This is what goes out now." in shown(browser, URL)
    assert "Missing in English" in shown(browser, "/letters/")


def test_an_address_that_cannot_be_kept_is_asked_for_again(browser: Client) -> None:
    """And everything else that was typed still stands in the form."""
    begun(browser)
    start = kinds()
    picture = {"kind": "image", "b-alt": "Our door", "b-width": "50"}
    page = does(browser, "blocks", act="add", path="0", **picture, **{"b-src": "the picture of our door"})
    assert kinds() == start
    assert "This is not kept yet." in page
    assert "This is no address of a picture." in page
    assert 'value="the picture of our door"' in page
    assert 'value="Our door"' in page
    does(browser, "blocks", act="add", path="0", **picture, **{"b-src": "salong.example/dør.png"})
    assert now().blocks[0].fields["src"] == "https://salong.example/dør.png"

    page = does(browser, "blocks", act="save", path="0", **picture,
                **{"b-src": "https://salong.example/dør.png", "b-href": "our page"})  # fmt: skip
    assert "This leads nowhere." in page
    assert now().blocks[0].fields["href"] == ""
    does(browser, "blocks", act="save", path="0", **picture,
         **{"b-src": "https://salong.example/dør.png", "b-href": "post@salong.example"})  # fmt: skip
    assert now().blocks[0].fields["href"] == "mailto:post@salong.example"

    page = does(
        browser, "blocks", act="add", path="0", kind="social", **{"b-links": "Facebook\nInsta x.no/a"}
    )
    assert "One line has no address." in page
    does(browser, "blocks", act="add", path="0", kind="social",
         **{"b-links": "Facebook https://facebook.com/salong\nInsta instagram.com/salong"})  # fmt: skip
    assert now().blocks[0].fields["links"].endswith("\nInsta https://instagram.com/salong")


def sends(browser: Client, content: bytes) -> str:
    revision = str(LetterDraft.objects.get().revision)
    block = {"act": "add", "path": "0", "kind": "image", "b-alt": "Our door", "b-src": ""}
    picture = SimpleUploadedFile("door.png", content, "image/png")
    return shown(browser, f"{URL}blocks/", {**block, "l": "nb", "revision": revision, "b-file": picture})


def test_a_picture_of_ours_stands_in_the_letter_and_everybody_may_fetch_it(browser: Client) -> None:
    begun(browser)
    sends(browser, png())
    src = now().blocks[0].fields["src"]
    path = src.removeprefix(settings.BASE_URL)
    assert re.fullmatch(r"/c/picture/[0-9a-f]{32}\.png", path)
    stranger = Client(headers={"host": "localhost"})
    answer = stranger.get(path)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", png())
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "immutable" in answer["Cache-Control"]
    sends(browser, png())
    assert LetterPicture.objects.count() == 1
    for other in ("0" * 32 + ".png", path.removeprefix("/c/picture/").replace(".png", ".jpg")):
        assert stranger.get(f"/c/picture/{other}").status_code == 404


def test_what_is_no_picture_is_said_beside_its_field(browser: Client) -> None:
    begun(browser)
    start = kinds()
    page = sends(browser, b"<svg onload=alert(1)>")
    assert "This is no PNG or JPEG picture." in page
    assert 'value="Our door"' in page
    assert "larger than 300 kB" in sends(browser, png() + b"0" * 300_000)
    assert kinds() == start
    assert not LetterPicture.objects.exists()


def test_a_file_that_is_no_picture_of_a_letter_is_not_served(browser: Client) -> None:
    """Documents of clients lie in the same store."""
    stored = files.keep(png()).stored
    assert browser.get(f"/c/picture/{stored}.png").status_code == 404


def test_blocks_move_and_are_copied_and_everything_can_be_undone(browser: Client) -> None:
    begun(browser)
    start = kinds()
    does(browser, "blocks", act="down", path="0")
    assert kinds() == ["signature", "text"]
    does(browser, "blocks", act="copy", path="0")
    assert kinds() == ["signature", "signature", "text"]
    does(browser, "blocks", act="remove", path="2")
    for _ in range(3):
        does(browser, "history", way="back")
    assert kinds() == start
    does(browser, "history", way="back")  # there is nothing before the beginning
    assert kinds() == start
    does(browser, "history", way="forth")
    assert kinds() == ["signature", "text"]


def test_columns_hold_blocks_but_no_columns(browser: Client) -> None:
    begun(browser)
    does(browser, "blocks", act="add", path="2", kind="columns")
    does(browser, "blocks", act="add", path="2.1.0", kind="text", **{"b-text": "right"})
    assert now().blocks[2].columns[1][0].fields["text"] == "right"
    does(browser, "blocks", act="add", path="2.0.0", kind="columns")
    assert now().blocks[2].columns[0] == ()
    assert "Column 2" in shown(browser, URL)


@pytest.mark.parametrize("act", ["up", "down", "copy", "remove", "save"])
def test_a_block_that_is_not_there_is_said_in_words(browser: Client, act: str) -> None:
    begun(browser)
    assert "not there any more" in does(browser, "blocks", act=act, path="5-3")
    assert sorted(kinds()) == ["signature", "text"]


def test_a_field_that_nobody_has_answered_for_stops_the_letter(browser: Client) -> None:
    begun(browser)
    does(browser, "head", subject="Om {{ matter }}")
    page = does(browser, "publication")
    assert "Say first what stands there for somebody without a value: What it is about." in page
    assert "Nobody has said yet." in shown(browser, URL)
    does(browser, "fields", **{"default-matter": "saken din"})
    assert {each.name: each.default for each in now().variables}["matter"] == "saken din"
    does(browser, "publication")
    assert TemplateVersion.objects.count() == 1


def test_an_answer_that_comes_with_the_words_is_kept(browser: Client) -> None:
    begun(browser)
    given = {"b-text": "Hei {{ company }}", "default-company": "dere"}
    does(browser, "blocks", act="save", path="0", kind="text", **given)
    assert {each.name: each.default for each in now().variables}["company"] == "dere"


def test_what_a_colleague_would_say_is_mended_by_a_click(browser: Client) -> None:
    begun(browser)
    page = does(browser, "head", subject="SISTE SJANSE NÅ")
    assert "looks like shouting" in page
    (fix,) = re.findall(r'name="fix" value="([0-9]+:capitals)"', page)
    page = does(browser, "mending", fix=fix)
    assert now().subject == "Siste sjanse nå"
    assert "looks like shouting" not in page
    assert "not there any more" in does(browser, "mending", fix=fix)


def test_two_windows_never_overwrite_each_other(browser: Client) -> None:
    draft = begun(browser)
    does(browser, "head", subject="Den ene")
    data = {"revision": str(draft.revision), "l": "nb", "subject": "Den andre"}
    assert "Somebody has changed this letter meanwhile" in shown(browser, f"{URL}head/", data)
    assert now().subject == "Den ene"


def test_a_letter_of_ours_opens_as_blocks_and_the_other_language_stands_beside(
    salon: Salon, browser: Client
) -> None:
    for seed in load_seed_templates():
        if seed.slug == "document-request":
            new = NewTemplate("welcome", "Welcome", "Velkommen", seed.source)
            publish_template(new, acting_user=salon.owner.id, now=salon.now)
    shown(browser, URL, {})
    assert "Nothing was changed, so nothing is new." in does(browser, "publication")
    shown(browser, URL, {})
    assert kinds("en") == ["text", "link", "text"]
    page = shown(browser, f"{URL}?l=en")
    assert "Norwegian: Send dokumentene" in page
    assert "Never empty: without it, the letter is not sent." in page
    does(browser, "blocks", language="en", act="remove", path="0")
    assert "English: nothing like it here" in shown(browser, f"{URL}?l=nb")
    does(browser, "publication")
    assert [each.language for each in TemplateVersion.objects.filter(number=2)] == ["en"]


def test_what_is_no_blocks_is_written_as_mjml_and_says_why(salon: Salon, browser: Client) -> None:
    raw = "<mj-raw><b>x</b></mj-raw>"
    mjml = f"<mj-section><mj-column><mj-text><p>Hei</p></mj-text>{raw}</mj-column></mj-section>"
    new = NewTemplate("welcome", "Welcome", "Velkommen", MailSource("Hei", mjml, language="nb"))
    publish_template(new, acting_user=salon.owner.id, now=salon.now)
    shown(browser, URL, {})
    page = shown(browser, URL)
    assert "This letter cannot be shown as blocks." in page
    assert "It has &lt;mj-raw&gt; at a place where blocks have no such thing." in page
    does(browser, "source", source=mjml.replace(raw, ""))
    assert kinds() == ["text"]
    page = does(browser, "source", source="<mj-section><script>alert(1)</script></mj-section>")
    assert "&lt;script&gt; is not" in page or "script" in page
    does(browser, "publication")
    assert TemplateVersion.objects.count() == 1  # what runs is not put to use


def test_an_empty_language_begins_with_the_blocks_of_the_other(browser: Client) -> None:
    begun(browser)
    assert "English: missing" in shown(browser, URL)
    assert "Begin with the blocks of the Norwegian letter" in shown(browser, f"{URL}?l=en")
    does(browser, "beginning", language="en")
    assert kinds("en") == kinds("nb")


@pytest.mark.parametrize(
    "hostile",
    ["{{ ''.__class__ }}", "{% include 'x' %}", "<img src=x onerror=alert(1)>", "{{ given_name | __init__ }}",
     "</mj-text><mj-raw><script>alert(1)</script></mj-raw>", "{% raw %}", "[x](javascript:alert(1))",
     "{{{{ a }}}}"],
)  # fmt: skip
def test_no_words_in_a_block_become_anything_else(browser: Client, hostile: str) -> None:
    begun(browser)
    does(browser, "head", subject="Hei")
    page = does(browser, "blocks", act="save", path="0", kind="text", **{"b-text": hostile})
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    does(browser, "publication")
    for version in TemplateVersion.objects.all():
        assert "<script" not in version.mjml
        assert "javascript:alert" not in re.sub(r">[^<]*<", "><", version.mjml)
        assert "{{" not in version.mjml.replace("{{ sender_name }}", "")


def test_whoever_may_only_look_sees_the_letter_and_no_form(salon: Salon, browser: Client) -> None:
    begun(browser)
    reader = browser_of(User.objects.add(email="r@salong.example", name="R", role=Role.READ_ONLY))
    page = shown(reader, URL)
    assert "letters/welcome/blocks" not in page
    assert reader.post(f"{URL}blocks/", {"act": "remove", "path": "0", "revision": "1"}).status_code == 403
    assert kinds() == ["text", "signature"]


def test_a_draft_put_away_is_gone(browser: Client) -> None:
    begun(browser)
    does(browser, "removal")
    assert not LetterDraft.objects.exists()
    assert browser.get(URL).status_code == 404
