"""Words of the Applicants page."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "menu.applicants": ("Applicants", "申请客户"),
}
# fmt: on
