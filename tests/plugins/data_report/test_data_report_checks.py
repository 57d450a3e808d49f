import hashlib
import json
from collections import Counter
from math import log2

import pytest
from benchsuite_data_report.checks import contamination, diversity
from benchsuite_data_report.judging import Bounds, wilson
from benchsuite_words.words import words
from data_report_texts import WORDS, assessed, finding, outcome, sentences, write

from benchsuite.api import DATA_ROOT, DataSet
from benchsuite.errors import UserError


def test_text_like_the_human_text_passes(tmp_path):
    made = write(
        tmp_path / "a.jsonl", sentences(1, 600), model="m", prompt="p", licence="l", url="u", id=1
    )
    found = assessed(made, write(tmp_path / "h.jsonl", sentences(2, 600)))
    verdicts = {each.check: each.verdict for each in found.outcomes}
    left = {"mentions": "not judged", "contamination": "not judged"}
    assert verdicts == dict.fromkeys(verdicts, "pass") | left
    assert found.verdict == "pass"


def test_narrowed_text_fails_where_it_is_narrow(tmp_path):
    made = write(tmp_path / "a.jsonl", sentences(1, 600, words=WORDS[:60]))
    found = assessed(made, write(tmp_path / "h.jsonl", sentences(2, 600)))
    assert outcome(found, "tail").verdict == "fail"
    assert outcome(found, "diversity").verdict == "fail"
    assert outcome(found, "provenance").verdict == "fail"
    assert outcome(found, "quality").verdict == "pass"


def test_duplicates_are_those_of_a_comparison_of_all_pairs(tmp_path):
    texts = sentences(1, 120)
    texts += [texts[0]] * 10
    texts += [" ".join(text.split()[1:]) for text in texts[:30]]  # nearly the same
    texts += [" ".join(text.split()[::2]) for text in texts[30:60]]  # not at all
    found = assessed(write(tmp_path / "a.jsonl", texts))
    sets = [{tuple(w[i : i + 5]) for i in range(len(w) - 4)} for w in map(words, texts)]
    near = sum(
        any(len(one & other) / len(one | other) >= 0.8 for other in sets[:i])
        for i, one in enumerate(sets)
    )
    assert near == 40
    assert finding(found, "duplicates", "rows nearly").value == near / len(texts)
    assert finding(found, "duplicates", "rows equal").value == 10 / len(texts)
    assert finding(found, "duplicates", "rows that are the same").value == 11
    assert outcome(found, "duplicates").examples[0].text.startswith(texts[0][:100])


def test_near_copies_of_a_sample_tell_of_all_rows(tmp_path):
    texts = sentences(1, 3000, length=20)
    texts += texts[:1000]
    found = assessed(write(tmp_path / "a.jsonl", texts), sample=800)
    near = finding(found, "duplicates", "rows nearly")
    assert near.n == 800
    assert near.lower < 0.25 < near.upper


def test_diversity_by_closed_forms():
    rows = [["a"] * 10] * 4
    assert diversity._distinct(rows, 1) == 1 / 40
    assert diversity._distinct(rows, 4) == 1 / 28
    assert diversity._entropy(rows) == 0
    assert diversity._entropy([["a", "b"], ["c", "d"]]) == 2
    counts = Counter(a=3, b=1)
    entropy = -sum(n / 4 * log2(n / 4) for n in counts.values())
    assert diversity._entropy([list(counts.elements())]) == pytest.approx(entropy)
    assert diversity._first([["a", "b"], ["c", "d"], ["e"]], 3) == [["a", "b"], ["c"]]


def test_groups_are_compared_with_human_text(tmp_path):
    made = ["He met her."] * 30 + ["She saw his queen and he said so."] * 100
    human = ["She met him."] * 200
    found = assessed(write(tmp_path / "a.jsonl", made), write(tmp_path / "h.jsonl", human))
    feminine = finding(found, "mentions", "gender: feminine")
    total = 30 * 2 + 100 * 4
    assert feminine.n == total
    assert feminine.value == pytest.approx((30 + 200) / total)
    assert feminine.human == 0.5
    assert feminine.verdict == "pass"
    made = ["His king met him."] * 200
    found = assessed(write(tmp_path / "a.jsonl", made), write(tmp_path / "h.jsonl", human))
    assert finding(found, "mentions", "gender: feminine").verdict == "fail"


def test_offensive_words_and_a_list_of_ones_own(tmp_path):
    texts = [*sentences(1, 97), "What shit!", "Shit, shit.", "Nothing here: Scunthorpe."]
    made = write(tmp_path / "a.jsonl", texts)
    found = finding(assessed(made), "offensive", "rows")
    assert (found.value, found.verdict) == (0.02, "look")
    own = tmp_path / "own.txt"
    own.write_text("# mine\nNothing\n")
    assert finding(assessed(made, offensive=own), "offensive", "rows").value == 0.01
    own.write_text("two words\n")
    with pytest.raises(UserError, match="is not one word"):
        assessed(made, offensive=own)


def test_personal_data_are_counted_by_rows_and_never_shown(tmp_path):
    private = "jane@example.org jane@example.org 4111 1111 1111 1111"
    made = write(tmp_path / "a.jsonl", [*sentences(1, 198), private, private])
    found = assessed(made)
    assert finding(found, "personal", "rows with an e-mail").value == 0.01
    assert finding(found, "personal", "rows with a card").verdict == "fail"
    assert "jane" not in found.model_dump_json()
    assert "4111" not in found.model_dump_json()


@pytest.fixture
def published(tmp_path, monkeypatch):
    """An evaluation set in a data root: one text of twelve words, one of nine, one too short."""
    rows = [" ".join(WORDS[i : i + n]) for i, n in ((0, 12), (50, 9), (100, 5))]
    content = "".join(json.dumps({"goal": row}) + "\n" for row in rows).encode()
    (tmp_path / "sets" / "made").mkdir(parents=True)
    (tmp_path / "sets" / "made" / "test.jsonl").write_bytes(content)
    file = {
        "file": "test.jsonl",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    made = DataSet(
        name="sets/made", summary="Made up.", licence="CC0", origin="nobody",
        repository="acme/sets", revision="0" * 40, derived="write it", files=[file],
    )  # fmt: skip
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    monkeypatch.setattr(contamination, "catalogue", lambda: {made.name: made})
    return rows


def test_contamination_is_the_share_of_an_evaluation_sets_words(tmp_path, published):
    first, _, short = published
    held = " ".join(first.upper().split()[:10])
    path = write(tmp_path / "a.jsonl", [*sentences(1, 8), f"He said: {held}, and went.", short])
    from benchsuite_data_report.assess import Wanted, assess
    from benchsuite_data_report.rows import Source

    found = assess(Wanted(Source([path], "text")))
    share = finding(found, "contamination", "sets/made")
    assert (share.value, share.n, share.verdict) == (10 / 21, 21, "fail")
    assert finding(found, "contamination", "rows that share").value == 0.1
    assert outcome(found, "contamination").examples[0].row == 9


def test_provenance_knows_usual_names_of_columns(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [{"text": "x y", "teacher": "t" if i else "", "license": None} for i in range(10)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = assessed(path)
    assert finding(found, "provenance", "rows with model (in teacher)").value == 0.9
    assert finding(found, "provenance", "rows with licence").verdict == "fail"


def test_thresholds_pass_at_the_bound():
    above, below = Bounds(0.1, 0.2), Bounds(0.9, 0.7, below=True)
    assert [above.judge(x) for x in (0.1, 0.15, 0.2, 0.21)] == ["pass", "look", "look", "fail"]
    assert [below.judge(x) for x in (0.9, 0.8, 0.7, 0.6)] == ["pass", "look", "look", "fail"]
    assert above.judge(None) == "not judged"


def test_wilson_is_scipys():
    from scipy.stats import binomtest

    for hits, n in ((0, 5), (3, 10), (10, 10), (50, 4000)):
        interval = binomtest(hits, n).proportion_ci(method="wilson")
        assert wilson(hits, n) == pytest.approx((interval.low, interval.high))
