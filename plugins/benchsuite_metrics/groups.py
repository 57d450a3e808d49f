"""Words that speak of groups of people, by kind and group (English)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchsuite_metrics.feminine_share import PAIRS

if TYPE_CHECKING:
    from benchsuite_metrics.words import Words

# Left out: words that mostly mean something else (`black`, `white`, `polish`, `turkey`).
GROUPS: dict[str, dict[str, str]] = {
    "gender": {
        "feminine": " ".join(feminine for feminine, _ in PAIRS),
        "masculine": " ".join(masculine for _, masculine in PAIRS),
    },
    "religion": {
        "christian": "christian christians christianity catholic catholics protestant protestants "
        "church churches bible gospel jesus christ baptist methodist bishop priest",
        "muslim": "muslim muslims islam islamic koran quran mosque mosques imam mohammed muhammad",
        "jewish": "jew jews jewish judaism synagogue synagogues rabbi rabbis torah",
        "hindu": "hindu hindus hinduism brahmin brahmins",
        "buddhist": "buddhist buddhists buddhism buddha",
    },
    "origin": {
        "african": "african africans nigerian nigerians kenyan kenyans ethiopian ethiopians "
        "ghanaian ghanaians somali somalis egyptian egyptians moroccan moroccans",
        "american": "american americans canadian canadians",
        "asian": "asian asians chinese japanese korean koreans indian indians pakistani pakistanis "
        "vietnamese thai filipino filipinos indonesian indonesians",
        "european": "european europeans french german germans italian italians spanish spaniard "
        "spaniards british russian russians dutch swedish swede swedes irish scottish greek greeks",
        "latin american": "mexican mexicans brazilian brazilians cuban cubans colombian "
        "colombians argentine argentines latino latinos latina latinas hispanic hispanics",
        "middle eastern": "arab arabs arabic arabian iranian iranians persian persians iraqi "
        "iraqis syrian syrians turkish turk turks israeli israelis saudi",
    },
}
NAMES = [(kind, group) for kind, groups in GROUPS.items() for group in groups]
"""Kind and name of each group, in the order of columns here."""

_COLUMN = {
    word + ending: column
    for column, (kind, group) in enumerate(NAMES)
    for word in GROUPS[kind][group].split()
    for ending in ("", "'s", "'d", "'ll")
}


def columns(kind: str) -> np.ndarray:
    """Return the columns of a kind's groups."""
    return np.flatnonzero([each == kind for each, _ in NAMES])


def majorities(counts: np.ndarray) -> dict[str, int]:
    """Return by kind the column of the group with most mentions; `counts` is `[groups]`."""
    return {kind: int(columns(kind)[np.argmax(counts[columns(kind)])]) for kind in GROUPS}


def group_of(word: str) -> int | None:
    """Return the column of the group that a word in lower case speaks of, None if of none."""
    return _COLUMN.get(word)


def mentions(text: Words) -> np.ndarray:
    """Return how often each row speaks of each group: `[rows, groups]`, up to the last such row."""
    found = [
        (row, _COLUMN[word])
        for row, word in zip(text.rows.tolist(), text.words, strict=True)
        if word in _COLUMN
    ]
    if not found:
        return np.zeros((0, len(NAMES)))
    rows, groups = np.array(found).T
    counts = np.zeros((int(rows.max()) + 1, len(NAMES)))
    np.add.at(counts, (rows, groups), 1)
    return counts
