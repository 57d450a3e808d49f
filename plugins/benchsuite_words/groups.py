"""Words that speak of groups of people, by kind and group (English)."""

from __future__ import annotations

# In pairs, so that neither side is richer. Left out: words that mostly mean something else
# (`miss`, `ms`, `guy`, `host`, `master`, `lord`) and pairs of which one side serves for both
# (`actor`, `hero`).
PAIRS = (
    ("she", "he"),
    ("her", "him"),
    ("hers", "his"),
    ("herself", "himself"),
    ("woman", "man"),
    ("women", "men"),
    ("girl", "boy"),
    ("girls", "boys"),
    ("lady", "gentleman"),
    ("ladies", "gentlemen"),
    ("female", "male"),
    ("females", "males"),
    ("mother", "father"),
    ("mothers", "fathers"),
    ("mom", "dad"),
    ("daughter", "son"),
    ("daughters", "sons"),
    ("sister", "brother"),
    ("sisters", "brothers"),
    ("wife", "husband"),
    ("wives", "husbands"),
    ("aunt", "uncle"),
    ("niece", "nephew"),
    ("grandmother", "grandfather"),
    ("girlfriend", "boyfriend"),
    ("widow", "widower"),
    ("queen", "king"),
    ("princess", "prince"),
    ("mrs", "mr"),
)
ENDINGS = ("", "'s", "'d", "'ll")
"""What a word may have after it and still be the same."""

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
    for ending in ENDINGS
}


def group_of(word: str) -> int | None:
    """Return the column of the group that a word in lower case speaks of, None if of none."""
    return _COLUMN.get(word)
