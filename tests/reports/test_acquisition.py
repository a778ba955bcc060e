"""Offer rules are edited in words, in either language, and kept by key."""

from __future__ import annotations

import pytest

from reports.acquisition import CUSTOMER_CLASSES, class_key, class_label, offer_key, offer_label
from reports.formats import Language
from segmentation.returns.acquisition import OFFERS

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_shown_and_taken_back_are_the_same_rules(language: Language) -> None:
    for rule in OFFERS:
        assert offer_label(rule.offer, language) != rule.offer
        assert offer_key(offer_label(rule.offer, language)) == rule.offer
        assert class_key(class_label(rule.customer_class, language)).lower() == rule.customer_class


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_of_the_contract_has_its_words(language: Language) -> None:
    assert [class_key(class_label(name, language)) for name in CUSTOMER_CLASSES] == list(CUSTOMER_CLASSES)


def test_a_lender_s_own_words_stay() -> None:
    assert (offer_key(" Bridge loan "), class_key("Farmers")) == ("Bridge loan", "Farmers")
