"""What an agent says by page: once, held, taken back, drafted; for scripts and for plain forms."""

from casedesk.cases import conversing, drafts, viewing
from casedesk.cases.conversing import Said
from casedesk.database import transaction

JSON = {"accept": "application/json"}


def url(case) -> str:
    return f"/console/c/{case.number}"


async def test_a_script_is_told_how_to_take_a_reply_back(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(f"{url(case)}/messages", data={"kind": "reply", "text": "Hello"}, headers=JSON)
    told = answer.json()
    undone = await tess.post(told["undo_url"], headers=JSON)

    assert answer.status_code == 201
    assert (told["toast"], told["undo_seconds"]) == ("Reply to Ada Premier", 8)
    assert undone.json() == {"kind": "reply", "text": "Hello", "files": [], "case": case.number}


async def test_a_plain_form_goes_back_to_what_was_said(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(f"{url(case)}/messages", data={"kind": "note", "text": "Looked at it."})
    entries = await viewing.timeline(case.number, by=world.tess)
    said = next(entry for entry in entries if entry.kind == "note")

    assert (answer.status_code, answer.headers["location"]) == (303, f"{url(case)}#m-{said.id[1:]}")
    assert (said.text, said.public) == ("Looked at it.", False)


async def test_the_same_form_sent_twice_is_one_message_of_each_kind(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    for kind in ("reply", "reply", "note", "note", "call", "call"):
        data = {"kind": kind, "text": f"a {kind}", "once": "same", "minutes": "5" if kind == "call" else ""}
        answer = await tess.post(f"{url(case)}/messages", data=data, headers=JSON)
        assert answer.status_code == 201

    entries = await viewing.timeline(case.number, by=world.tess)
    assert [entry.text for entry in entries if entry.kind in ("reply", "note", "call")] == [
        "a reply",
        "a note",
        "a call",
    ]


async def test_a_reply_that_did_not_know_the_newest_message_is_held_and_can_go_anyway(
    world, sign_in, open_case
) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    async with transaction():
        await conversing.add_customer_message(
            case.id, Said("It is blue now!", author_name="Ada", contact_id=world.ada.id)
        )
    form = {"kind": "reply", "text": "Try this", "seen": str(case.last_event)}

    held = await tess.post(f"{url(case)}/messages", data=form, headers=JSON)
    sent = await tess.post(f"{url(case)}/messages", data={**form, "anyway": "yes"}, headers=JSON)

    assert (held.status_code, sent.status_code) == (409, 201)
    assert "It is blue now!" in held.text


async def test_a_held_reply_of_a_plain_form_is_kept_as_a_draft(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    await conversing.reply(case.number, by=world.uma, text="I was faster")

    form = {"kind": "reply", "text": "Slow", "seen": str(case.last_event)}
    answer = await tess.post(f"{url(case)}/messages", data=form)

    assert answer.status_code == 303
    assert (await drafts.read(case.number, by=world.tess))["reply"].text == "Slow"


async def test_a_draft_is_kept_shown_and_gone_with_the_send(world, sign_in, open_case) -> None:
    case = await open_case()
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)
    saved = await tess.put(f"{url(case)}/drafts", data={"kind": "reply", "text": "Half a word"})
    mine, theirs = [(await someone.get(url(case))).text for someone in (tess, uma)]
    await tess.post(f"{url(case)}/messages", data={"kind": "reply", "text": "Half a word, whole now"}, headers=JSON)

    assert saved.status_code == 204
    assert ("Half a word" in mine, "Half a word" in theirs) == (True, False)
    assert await drafts.read(case.number, by=world.tess) == {}


async def test_a_discarded_draft_is_gone(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    await tess.put(f"{url(case)}/drafts", data={"kind": "note", "text": "Half a word"})

    answer = await tess.request("DELETE", f"{url(case)}/drafts", data={"kind": "note"})

    assert answer.status_code == 204
    assert await drafts.read(case.number, by=world.tess) == {}


async def test_files_go_with_the_words_and_come_back_with_them(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    form, files = {"kind": "reply", "text": "See the log"}, {"files": ("log.txt", b"1", "text/plain")}

    sent = await tess.post(f"{url(case)}/messages", data=form, files=files, headers=JSON)
    back = (await tess.post(sent.json()["undo_url"], headers=JSON)).json()["files"]
    again = {**form, "kept": str(back[0]["id"])}
    await tess.post(f"{url(case)}/messages", data=again, headers=JSON)

    entries = await viewing.timeline(case.number, by=world.tess)
    assert [file.filename for entry in entries if entry.kind == "reply" for file in entry.files] == ["log.txt"]


async def test_a_chosen_file_waits_with_the_draft_and_goes_with_the_send(world, sign_in, open_case) -> None:
    case = await open_case()
    tess, uma = await sign_in(world.tess), await sign_in(world.uma)
    kept = (await tess.post("/console/files", files={"file": ("log.txt", b"1", "text/plain")})).json()
    form = {"kind": "reply", "text": "See the log", "kept": str(kept["id"])}
    await tess.put(f"{url(case)}/drafts", data=form)
    page = await tess.get(url(case))
    stolen = await uma.post(f"{url(case)}/messages", data=form, headers=JSON)
    sent = await tess.post(f"{url(case)}/messages", data=form, headers=JSON)

    assert f'name="kept" value="{kept["id"]}"><bdi>log.txt</bdi>' in page.text
    assert (stolen.status_code, sent.status_code) == (422, 201)


async def test_nothing_said_is_refused_with_the_reason(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)

    answer = await tess.post(f"{url(case)}/messages", data={"kind": "reply", "text": "  "}, headers=JSON)

    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"field": "text", "message": "write something first"}],
    )


async def test_undo_seconds_are_the_readers_own_choice(world, sign_in, open_case) -> None:
    case = await open_case()
    tess = await sign_in(world.tess)
    await tess.post("/console/me", data={"undo_seconds": "15"})

    answer = await tess.post(f"{url(case)}/messages", data={"kind": "reply", "text": "Hello"}, headers=JSON)

    assert answer.json()["undo_seconds"] == 15
