"""What counts as a person's data: the rules that every source is searched by before anything is stored.

Said once, for cells of a workbook and for columns of an extract of millions of rows alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Verdict = Literal["refuse", "ask", "accept"]

NHS_NUMBER_CANDIDATES = 5
"""A column is judged by its share of valid numbers from this many different ten-digit values on."""

NHS_NUMBER_SHARE = 0.5
"""Share of ten-digit values with a right check digit from which a column holds NHS numbers; of random ten digits one in eleven passes."""

NHS_NUMBER_ASK = 0.25
"""Share from which somebody should look: more than chance, less than certain. Below `NHS_NUMBER_SHARE`."""

NHS_NUMBER_CHANCE = 1 / 11
"""Share of random ten-digit numbers that pass the check by chance."""

NHS_NUMBER_LUCK = 1e-4
"""A share counts only where a column of random numbers would reach it less often than this; it matters for fewer than twenty values."""

NHS_NUMBER_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2)
"""Weights of the first nine digits; 11 less the remainder by 11 is the tenth (11 counts as 0, 10 is never issued)."""

NHS_NUMBER_IN_TEXT = "\\b([0-9]{3}[ \u00a0-]?[0-9]{3}[ \u00a0-]?[0-9]{4})\\b"
"""Ten digits that stand alone in a text, as they are written (group 1); in the common language of Python and DuckDB."""

FREE_TEXT = "[A-Za-z]{2,}[^A-Za-z]+[A-Za-z]{2,}"
"""Two words or more. In such a text one number with a right check digit is enough; elsewhere ten digits may be a pseudonym."""

_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|"
    "N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)

POSTCODE = rf"(?:{_AREAS})[0-9][0-9A-HJKPRSTUVWXY]? ?[0-9][ABD-HJLNP-UW-Z]{{2}}"
"""A full postcode in capitals; the first half alone ("PR2") tells no address."""

POSTCODE_IN_TEXT = rf"(?:^|[^0-9A-Za-z])(?:{_AREAS})[0-9][0-9A-HJKPRSTUVWXY]? [0-9][ABD-HJLNP-UW-Z]{{2}}(?:$|[^0-9A-Za-z])"
"""A full postcode with its space, standing alone in a text."""

POSTCODE_CANDIDATES = 5
POSTCODE_SHARE = 0.5
"""A short code can look like a postcode without a space: from this many and this share on, a column of them holds postcodes.
With its space, one is enough."""

BIRTH_AGES = (20, 100)
"""Years before today between which the median of a column of dates makes it dates of birth."""

BIRTH_CANDIDATES = 5
"""Dates from which on a column is judged by its median."""

BIRTH_SHARE = 0.5
"""Share of a column's values that must be dates for it to be a column of dates."""

HEADER_WORDS: dict[str, tuple[str, ...]] = {
    "NHS numbers": ("nhsnumber", "nhsno", "nhsnum", "chinumber", "chino", "hcnumber", "nnn"),
    "names": (
        "forename", "surname", "firstname", "lastname", "familyname", "givenname", "middlename", "patientname", "ptname", "fullname",
        "nameofpatient", "maidenname", "nextofkin",
    ),
    "birth dates": ("dateofbirth", "birthdate", "dob", "dateborn", "patientbirth", "birthday"),
    "full postcodes": ("postcode", "postalcode", "zipcode", "homeaddress", "patientaddress", "addressline"),
    "contact details": ("telephone", "phonenumber", "mobilenumber", "emailaddress", "patientemail"),
}  # fmt: skip
"""Words of a heading, as letters and digits in lower case, that say what stands below it."""

PSEUDONYM_WORDS = ("pseudo", "hash", "anonym", "encrypt", "token", "mask", "scrambl", "status", "indicator", "verif")
"""Words of a heading that says "NHS number" and means something made from one, or about one."""

PLACE_WORDS = ("site", "hospital", "provider", "organisation", "trust", "practice", "location", "centre", "depot", "pad")
"""Words of the heading whose column names a place: a postcode that always goes with the same one is that place's own."""

PATIENT_WORDS = (
    "patient", "pseudonym", "person", "priority", "clock", "referr", "request", "appointment", "booked", "attend", "sex", "gender",
    "ethnic", "birth", "surname", "forename", "nhsnumber",
)  # fmt: skip
"""Words of a heading that make its table one of patients, so that a postcode in it is nobody's but theirs."""

_WHOLE = {"nnn", "dob", "chino", "nhsno", "ptname", "fullname", "postcode"}
"""Too short, or too often a part of something harmless (a postcode district, a site's full name), to count inside a longer heading."""

_PATIENT = ("patient", "pt", "home", "usual", "person")


def kind_of_header(header: str, words: dict[str, tuple[str, ...]] = HEADER_WORDS) -> str | None:
    """What a heading says of its column: a key of `HEADER_WORDS`, or None where it says nothing of a person."""
    plain = plain_header(header)
    for kind, known in words.items():
        if any(_says(plain, word) for word in known):
            return None if kind == "NHS numbers" and any(word in plain for word in PSEUDONYM_WORDS) else kind
    return None


def plain_header(header: str) -> str:
    """A heading as it is compared: letters and digits in lower case."""
    return "".join(c for c in header.lower() if c.isalnum())


def nhs_number_verdict(candidates: int, valid: int) -> Verdict:
    """What a column is by its different ten-digit values and those of them with a right check digit.

    A few numbers that all pass are refused; from `NHS_NUMBER_CANDIDATES` on the share decides, where luck cannot explain it.
    """
    if valid == 0:
        return "accept"
    if candidates < NHS_NUMBER_CANDIDATES:
        return "refuse" if valid == candidates else "ask"
    share = valid / candidates
    unlikely = _luck(candidates, share) < NHS_NUMBER_LUCK
    if share >= NHS_NUMBER_SHARE and unlikely:
        return "refuse"
    return "ask" if share >= NHS_NUMBER_ASK or unlikely else "accept"


def _luck(candidates: int, share: float) -> float:
    """Chernoff's bound on how often random numbers reach this share."""
    if share <= NHS_NUMBER_CHANCE:
        return 1.0
    rest = (1 - share) * math.log((1 - share) / (1 - NHS_NUMBER_CHANCE)) if share < 1 else 0.0
    return math.exp(-candidates * (share * math.log(share / NHS_NUMBER_CHANCE) + rest))


def _says(plain: str, word: str) -> bool:
    if word not in _WHOLE:
        return word in plain
    without = plain.strip("0123456789")
    return without == word or without in _with_patient(word, _PATIENT)


def _with_patient(word: str, before: Sequence[str]) -> set[str]:
    return {f"{first}{word}" for first in before} | {f"{first}s{word}" for first in before}
