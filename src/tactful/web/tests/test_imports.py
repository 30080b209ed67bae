"""Bringing in a file of clients, by whole requests."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tactful.contacts.actions import continue_imports, set_flag
from tactful.contacts.models import Contact, ImportRun, WaitingFile
from tactful.foundation.files import path_of
from tactful.foundation.models import Audit
from tactful.inbox.models import Task
from tactful.web.tests.cast import Cast
from tactful.web.waiting_file import KEY

ROWS = b"Navn;E-post;Telefon\nAnne Berg;anne@berg.example;90000101\nUten Adresse;;\n"
SALE = {"source": "sale", "collected_on": "2026-01-05", "opt_out_offered": "on"}


def send(client: Client, content: bytes = ROWS, declared: dict[str, str] | None = None) -> Any:
    return client.post(
        "/import/",
        {"file": SimpleUploadedFile("kunder.csv", content), "source": "undeclared"} | (declared or {}),
    )


def as_offered(page: str) -> dict[str, str]:
    """The columns as the page offers them."""
    chosen = {}
    for name, options in re.findall(
        r'<select class="field s" id="(column-\d+)".*?>(.*?)</select>', page, re.S
    ):
        found = re.search(r'value="(\w*)" selected', options)
        chosen[name] = found[1] if found else ""
    return chosen


@pytest.mark.parametrize("language", ["en", "nb"])
def test_from_the_file_to_the_clients(cast: Cast, language: str) -> None:
    client = cast.signed_in(cast.colleague, language)
    before = Contact.objects.count()
    assert send(client, declared=SALE)["Location"] == "/import/columns/"
    page = client.get("/import/columns/").content.decode()
    assert Contact.objects.count() == before  # a preview writes nothing
    assert as_offered(page) == {"column-0": "name", "column-1": "email", "column-2": "phone"}
    assert re.findall(r'<dd class="num">(\d+)</dd>', page) == ["1", "0", "0", "0", "1"]
    url = client.post("/import/runs/", as_offered(page))["Location"]
    shown = client.get(url).content.decode()
    assert "Uten Adresse" in shown
    assert "kunder.csv" in client.get("/import/").content.decode()
    assert Contact.objects.filter(name="Anne Berg").count() == 1


def test_every_number_opens_its_rows_and_the_refused_ones_come_as_a_file(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    send(client)
    url = client.post("/import/runs/", as_offered(client.get("/import/columns/").content.decode()))[
        "Location"
    ]
    assert "Anne Berg" in client.get(f"{url}?rows=created").content.decode()
    assert client.get(f"{url}?rows=nonsense&page=x").status_code == 200
    file = client.get(f"{url}refused.csv")
    assert "attachment" in file["Content-Disposition"]
    assert b"Uten Adresse" in file.content
    assert b"Anne Berg" not in file.content


def test_another_meaning_of_a_column_changes_the_preview_and_writes_nothing(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    send(client)
    chosen = {"column-0": "company", "column-1": "email", "column-2": ""}
    assert client.post("/import/columns/", chosen)["Location"] == "/import/columns/"
    assert as_offered(client.get("/import/columns/").content.decode()) == chosen
    client.post("/import/columns/", {"column-0": "name"})
    assert "No column holds mail addresses" in client.get("/import/columns/").content.decode()
    assert client.post("/import/runs/", {"column-0": "name"})["Location"] == "/import/columns/"
    twice = {"column-0": "name", "column-1": "email", "column-2": "name"}
    client.post("/import/columns/", twice)
    assert "Two columns mean the same" in client.get("/import/columns/").content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "This is a picture"),
        (b"MZ000000", "This is a program"),
        (b"PK\x03\x040000", "Excel workbook"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"", "The file is empty"),
        (b"one;two\n1;2\n", "No heading could be recognised"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(cast: Cast, content: bytes, sentence: str) -> None:
    client = cast.signed_in(cast.owner)
    response = send(client, content)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert KEY not in client.session


def test_news_needs_a_day(cast: Cast) -> None:
    response = send(cast.signed_in(cast.owner), declared={"source": "sale", "opt_out_offered": "on"})
    assert "Say when" in response.content.decode()


def test_the_file_rests_in_the_store_only_as_long_as_it_waits(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    send(client)
    first = path_of(client.session[KEY]["stored"])
    send(client)
    second = path_of(client.session[KEY]["stored"])
    assert (first.exists(), second.exists()) == (False, True)
    client.post("/import/runs/", as_offered(client.get("/import/columns/").content.decode()))
    assert not second.exists()
    assert client.get("/import/columns/")["Location"] == "/import/"


def test_nobody_reaches_the_file_of_another_session(cast: Cast) -> None:
    send(cast.signed_in(cast.owner))
    assert cast.signed_in(cast.colleague).get("/import/columns/")["Location"] == "/import/"
    assert cast.signed_in(cast.colleague).post("/import/runs/", {"column-1": "email"}).status_code == 302
    assert not ImportRun.objects.exists()


def test_readers_bring_nothing_in(cast: Cast) -> None:
    client = cast.signed_in(cast.reader)
    assert send(client).status_code == 403
    assert client.post("/import/runs/").status_code == 403
    assert client.get("/import/1/").status_code == 404


def test_an_account_manager_who_can_only_read_is_named(cast: Cast) -> None:
    client = cast.signed_in(cast.owner)
    said = f"{cast.reader.name} can only read here."
    by_colleague = f"Navn;E-post;Kontaktperson\nAnne Berg;anne@berg.example;{cast.colleague.name}\n"
    for content, is_said in (
        (by_colleague, False),
        (by_colleague + f"Bo Aas;bo@aas.example;{cast.reader.name}\n", True),
    ):
        send(client, content.encode())
        chosen = {"column-0": "name", "column-1": "email", "column-2": "account_manager"}
        client.post("/import/columns/", chosen)
        assert (said in client.get("/import/columns/").content.decode()) is is_said
        url = client.post("/import/runs/", chosen)["Location"]
        page = client.get(url).content.decode()
        assert (said in page) is is_said
    assert f"want of us goes to {cast.owner.name}." in page
    assert Contact.objects.get(name="Bo Aas").manager_id == cast.reader.id


def test_nobody_hands_a_task_to_a_reader(cast: Cast) -> None:
    cast.writes(cast.consenting, "When is the payroll run?")
    task = Task.objects.get()
    client = cast.signed_in(cast.colleague)
    client.post(f"/tasks/{task.id}/owner/", {"owner": str(cast.reader.id)})
    assert Task.objects.get().owner_id != cast.reader.id
    client.post(f"/tasks/{task.id}/owner/", {"owner": str(cast.owner.id)})
    assert Task.objects.get().owner_id == cast.owner.id


def test_a_long_file_is_read_by_the_worker_and_its_page_shows_how_far(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tactful.web.views.imports.AT_ONCE", 1)
    client = cast.signed_in(cast.owner)
    send(client)
    stored = path_of(client.session[KEY]["stored"])
    chosen = as_offered(client.get("/import/columns/").content.decode())
    url = client.post("/import/runs/", chosen)["Location"]
    assert not Contact.objects.filter(name="Anne Berg").exists()
    assert KEY not in client.session
    assert stored.exists()
    page = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert 'aria-valuenow="0"' in page
    assert "Being read now" in client.get("/import/").content.decode()
    continue_imports(now=cast.now, size=1)
    page = client.get(url).content.decode()
    assert 'aria-valuenow="50"' in page
    assert "refused.csv" not in page
    continue_imports(now=cast.now, size=1)
    page = client.get(url).content.decode()
    assert "every 2s" not in page
    assert "refused.csv" in page
    assert not stored.exists()


def test_a_file_that_was_swept_meanwhile_is_asked_for_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tactful.web.views.imports.AT_ONCE", 1)
    client = cast.signed_in(cast.owner)
    send(client)
    chosen = as_offered(client.get("/import/columns/").content.decode())
    WaitingFile.objects.all().delete()
    url = client.post("/import/runs/", chosen, follow=True)
    assert "no longer here" in url.content.decode()
    assert not ImportRun.objects.exists()


def test_a_run_that_broke_off_says_what_stays(cast: Cast) -> None:
    run = ImportRun.objects.create(
        file_name="a.csv", file_hash=b"", started_at=cast.now, finished_at=cast.now, error="run.broken",
        total=10, done=4, counts={"created": 3, "refused": 1},
    )  # fmt: skip
    page = cast.signed_in(cast.owner).get(f"/import/{run.id}/").content.decode()
    assert "4 rows were read" in page
    assert "could not be read to its end" in page
    assert "refused.csv" in page


def test_an_owner_takes_all_clients_out(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    listed = owner.post("/import/leaving/", {"format": "csv"})
    assert cast.consenting.name in listed.content.decode("utf-8-sig")
    assert "clients.csv" in listed["Content-Disposition"]
    lines = owner.post("/import/leaving/", {"format": "lines"}).content.splitlines()
    assert str(cast.consenting.id) in [json.loads(line)["id"] for line in lines]
    assert Audit.objects.filter(verb="contacts.exported", actor=cast.owner.id).count() == 2
    assert owner.get("/import/leaving/").status_code == 405
    assert owner.post("/import/leaving/", {"format": "exe"}).status_code == 302


def test_nobody_else_does(cast: Cast) -> None:
    staff = cast.signed_in(cast.colleague)
    assert "Take your clients with you" not in staff.get("/import/").content.decode()
    assert staff.post("/import/leaving/", {"format": "csv"}).status_code == 403


def bring(client: Client, content: bytes = ROWS) -> str:
    send(client, content)
    chosen = as_offered(client.get("/import/columns/").content.decode())
    return str(client.post("/import/runs/", chosen)["Location"])


@pytest.mark.parametrize("language", ["en", "nb"])
def test_an_owner_takes_a_file_back_after_seeing_what_that_does(cast: Cast, language: str) -> None:
    owner = cast.signed_in(cast.owner, language)
    url = bring(owner)
    assert f"{url}undo/" in owner.get(url).content.decode()
    page = owner.get(f"{url}undo/").content.decode()
    assert ("1 client goes." if language == "en" else "1 kunde forsvinner.") in page
    assert Contact.objects.filter(name="Anne Berg").exists()  # looking changes nothing
    assert owner.post(f"{url}undo/")["Location"] == url
    assert not Contact.objects.filter(name="Anne Berg").exists()
    assert cast.owner.name in owner.get(url).content.decode()
    said = owner.post(f"{url}undo/", follow=True).content.decode()
    assert ("taken back already" if language == "en" else "allerede tatt tilbake") in said
    assert Audit.objects.filter(verb="contacts.import_undone").count() == 1
    bring(owner)
    assert Contact.objects.filter(name="Anne Berg").count() == 1


def test_who_stays_is_named_with_the_reason(cast: Cast) -> None:
    owner = cast.signed_in(cast.owner)
    url = bring(owner)
    anne = Contact.objects.get(name="Anne Berg")
    set_flag(anne.id, "tag", "gull", acting_user=cast.owner.id, now=cast.now)
    page = owner.get(f"{url}undo/").content.decode()
    assert "1 client stays" in page
    assert "Somebody has changed something about them." in page
    owner.post(f"{url}undo/")
    assert Contact.objects.filter(id=anne.id).exists()


def test_only_an_owner_takes_a_file_back(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    url = bring(client)
    assert "undo" not in client.get(url).content.decode()
    assert "Take the file back" not in client.get(f"{url}undo/").content.decode()
    assert client.post(f"{url}undo/").status_code == 403
    assert Contact.objects.filter(name="Anne Berg").exists()


def test_the_same_headings_come_with_the_columns_of_last_time(cast: Cast) -> None:
    client = cast.signed_in(cast.colleague)
    odd = b"Hvem;Adresse;Merknad x;Annet\nAnne Berg;anne@berg.example;gull;\n"
    send(client, odd)
    chosen = {"column-0": "name", "column-1": "email", "column-2": "tags", "column-3": ""}
    client.post("/import/runs/", chosen)
    client.session.flush()
    later = cast.signed_in(cast.owner)
    send(later, b"Adresse;Hvem;Annet;Merknad x\nola@berg.example;Ola Berg;;ny\n")
    page = later.get("/import/columns/").content.decode()
    assert as_offered(page) == {"column-0": "email", "column-1": "name", "column-2": "", "column-3": "tags"}
    assert "as you chose them the last time" in page
    send(later, b"Adresse;Hvem;Annet\nola@berg.example;Ola Berg;\n")
    assert "as you chose them the last time" not in later.get("/import/columns/").content.decode()
