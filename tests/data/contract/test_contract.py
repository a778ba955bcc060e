"""The contract against section 4 of the design."""

from __future__ import annotations

import pytest

from data.contract import BY_NAME, COLUMNS, EXPOSURE_COLUMNS, FLAG_FALSE, FLAG_TRUE, column
from data.errors import ColumnNotFound
from data.ingest.headers import is_protected, read_header

DESIGN = [
    "customer_id",
    "facility_id",
    "name",
    "group_id",
    "source_system",
    "snapshot_date",
    "country",
    "region",
    "city",
    "postcode",
    "industry",
    "industry_name",
    "legal_form",
    "employees",
    "annual_revenue",
    "total_assets",
    "established_on",
    "years_in_business",
    "lifecycle",
    "urban_rural",
    "customer_class",
    "age",
    "sex",
    "income",
    "survey_score",
    "risk_appetite",
    "brand_preference",
    "tenure_months",
    "products_held",
    "transactions_12m",
    "utilisation",
    "last_contact_on",
    "complaints_12m",
    "channel",
    "campaign_contacts",
    "campaign_responses",
    "churned",
    "ebitda",
    "net_income",
    "total_debt",
    "equity",
    "current_assets",
    "current_liabilities",
    "interest_expense",
    "operating_cash_flow",
    "credit_score",
    "rating",
    "days_past_due",
    "probability_of_default",
    "horizon_months",
    "probability_of_default_at_origination",
    "loss_given_default",
    "collateral_value",
    "collateral_type",
    "guarantee_share",
    "guarantor",
    "guarantor_rating",
    "guarantor_probability_of_default",
    "best_estimate_of_loss",
    "seniority",
    "currency",
    "exposure",
    "exposure_at_default",
    "outstanding_balance",
    "credit_limit",
    "product",
    "term_months",
    "remaining_months",
    "originated_on",
    "interest_rate",
    "fee_income",
    "commitment_fee",
    "funding_rate",
    "servicing_cost",
    "acquisition_cost",
    "defaulted",
    "defaulted_on",
    "loss_amount",
    "recovered_amount",
    "realised_income",
    "project_sector",
    "project_phase",
    "dscr",
    "llcr",
    "slotting_grade",
    "environmental_category",
]


def test_the_contract_has_the_columns_of_the_design_and_no_other() -> None:
    assert {entry.name for entry in COLUMNS} == set(DESIGN)
    assert len(COLUMNS) == len(BY_NAME)


def test_every_label_is_a_column_s_own_in_both_languages() -> None:
    for labels in ([entry.label_en for entry in COLUMNS], [entry.label_zh for entry in COLUMNS]):
        assert all(labels)
        assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_no_spelling_leads_to_two_columns_however_it_is_written() -> None:
    spellings = [
        (read_header(word).words, entry.name)
        for entry in COLUMNS
        for word in {entry.name.replace("_", " "), entry.label_en, entry.label_zh, *entry.synonyms}
    ]
    owners: dict[str, set[str]] = {}
    for words, name in spellings:
        owners.setdefault(words, set()).add(name)
    assert {words: names for words, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "header", ["marital", "Marital status", "nationality", "婚姻状况", "foreign_worker", "Gender"]
)
def test_protected_traits_without_a_column_are_known_by_their_header(header: str) -> None:
    assert is_protected(header)
    assert header.lower() not in BY_NAME


@pytest.mark.parametrize("header", ["margin", "trace", "embrace_score", "sexton", "international"])
def test_harmless_headers_are_not_taken_for_protected(header: str) -> None:
    assert not is_protected(header)


def test_units_and_ranges_hold_together() -> None:
    assert [entry.name for entry in COLUMNS if entry.is_numeric and not entry.unit] == []
    assert [entry.name for entry in COLUMNS if not entry.is_numeric and entry.unit] == []
    bounded = [entry for entry in COLUMNS if entry.minimum is not None and entry.maximum is not None]
    assert [entry.name for entry in bounded if entry.minimum >= entry.maximum] == []


def test_amounts_at_risk_are_summed_and_never_negative() -> None:
    assert [(column(name).aggregate, column(name).minimum) for name in EXPOSURE_COLUMNS] == [("sum", 0)] * 4


def test_no_word_means_both_yes_and_no() -> None:
    assert frozenset() == FLAG_TRUE & FLAG_FALSE


@pytest.mark.parametrize(
    ("wrong", "near"), [("exposre", "exposure"), ("defaultd", "defaulted"), ("customerid", "customer_id")]
)
def test_a_misspelt_name_brings_the_nearest_known_one(wrong: str, near: str) -> None:
    with pytest.raises(ColumnNotFound, match=f"did you mean “{near}”"):
        column(wrong)


def test_a_name_like_no_other_brings_the_list() -> None:
    with pytest.raises(ColumnNotFound, match="Known: acquisition_cost") as caught:
        column("zzz")
    assert "did you mean" not in str(caught.value)
