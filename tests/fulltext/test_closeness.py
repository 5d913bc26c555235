"""The second look finds what stems miss."""

from casedesk.fulltext.closeness import closeness, fit, plain_text


def test_a_compound_is_closer_than_a_stranger() -> None:
    candidates = [plain_text([["stromrechnung"]]), plain_text([["lieferschein"]]), plain_text([["werkstatt"]])]

    near = closeness(["rechnung"], candidates)

    assert (near[0] > 0, near[1:]) == (True, [0.0, 0.0])


def test_words_side_by_side_are_closer_than_words_apart() -> None:
    together = plain_text([["cannot", "reset", "password", "now"]])
    apart = plain_text([["password", "cannot", "now", "reset"]])

    near = closeness(["reset", "password"], [together, apart, plain_text([["billing"]])])

    assert near[0] > near[1] > near[2] == 0.0


def test_nothing_is_close_among_no_candidates() -> None:
    assert closeness(["word"], []) == []


def test_fit_grows_from_nothing_towards_one() -> None:
    fits = [fit(score, 20.0, 5.0) for score in (0, 5, 30, 90, 10_000)]

    assert fits == sorted(fits)
    assert (fits[0], fits[-1]) == (0.0, 1.0)
