import re

from tracer.model import tables
from tracer.model.codes import Action, FirearmType
from tracer.model.ids import (
    human_reference,
    is_authority,
    is_digest,
    log_origin,
    parse_log_origin,
    state_of,
)


def test_every_country_has_a_name_in_the_six_languages() -> None:
    assert len(tables.countries()) == 249
    assert all(
        found.names[lang] for found in tables.countries().values() for lang in tables.LANGUAGES
    )


def test_a_user_assigned_country_is_shown_by_its_code() -> None:
    assert tables.country("XA") is None
    assert tables.country_name("XA", "ar") == "XA"
    assert tables.country_name("FR", "es") == "Francia"


def test_who_issues_papers_and_is_no_state_has_a_name_in_the_six_languages() -> None:
    for code in tables.ISSUERS:
        assert (tables.is_issuer(code), tables.is_country(code)) == (True, False)
        told = {tables.country_name(code, language) for language in tables.LANGUAGES}
        assert (len(told), code in told) == (6, False)


def test_ncic_tables_are_complete_and_their_codes_can_travel() -> None:
    assert (len(tables.makes()), len(tables.calibres()), len(tables.models())) == (4550, 76, 3989)
    value = re.compile("[A-Za-z0-9][A-Za-z0-9._-]*")
    assert all(value.fullmatch(code) for code in (*tables.makes(), *tables.calibres()))
    assert tables.make_code("GLC").list == "ncic-make"
    assert tables.calibre_code("735").known() is None


def test_types_map_to_ncic_pairs_where_there_is_one() -> None:
    assert tables.ncic_type(FirearmType.PISTOL, Action.SEMI_AUTO) == "PI"
    assert tables.ncic_type(FirearmType.PISTOL, Action.FULL_AUTO) == "PA"
    assert tables.ncic_type(FirearmType.REVOLVER) == "PR"
    assert tables.ncic_type(FirearmType.RIFLE, Action.BOLT) == "RB"
    assert tables.ncic_type(FirearmType.SHOTGUN, Action.BREAK_SIDE_BY_SIDE) == "SE"
    assert tables.ncic_type(FirearmType.SUBMACHINE_GUN, Action.FULL_AUTO) == "B"
    assert tables.ncic_type(FirearmType.SHOTGUN, Action.FLINTLOCK) == "S"
    assert tables.ncic_type(FirearmType.MANPADS) is None


def test_models_are_found_by_their_make() -> None:
    assert "AP9" in tables.models_by_make()["AA ARMS"]


def test_identifiers_have_one_form() -> None:
    assert is_authority("XA-NPOC")
    assert not any(map(is_authority, ("XA", "xa-npoc", "XA-", "XA-NPOC\n", "XA-A-B-C-D")))
    assert is_digest("A" * 43)
    assert not any(map(is_digest, ("A" * 42, "A" * 42 + "B", "A" * 43 + "\n", "A" * 42 + "=")))
    assert (state_of("XB-1"), human_reference("XA", 2026, 17)) == ("XB", "XA-2026-000017")
    assert parse_log_origin(log_origin("XA-NPOC", 3)) == ("XA-NPOC", 3)
