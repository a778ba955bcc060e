"""Names of columns, levels, segments and reasons, from keys that know no language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.contract import BY_NAME
from reports.escape import plain
from reports.formats import Language
from reports.words import has_words, say

NameKey = tuple[str, str]
"""A column with ``high``, ``low``, or one of its levels."""

# fmt: off
_PHRASES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # column: ((high en, high zh), (low en, low zh))
    "years_in_business": (("established", "经营久"), ("young", "经营年限短")),
    "employees": (("many employees", "员工多"), ("few employees", "员工少")),
    "annual_revenue": (("high revenue", "营收高"), ("low revenue", "营收低")),
    "total_assets": (("large", "资产规模大"), ("small", "资产规模小")),
    "exposure": (("large loans", "大额贷款"), ("small loans", "小额贷款")),
    "exposure_at_default": (("large loans", "大额贷款"), ("small loans", "小额贷款")),
    "outstanding_balance": (("large balances", "余额高"), ("small balances", "余额低")),
    "drawn": (("large balances", "余额高"), ("small balances", "余额低")),
    "credit_limit": (("high limits", "授信额度高"), ("low limits", "授信额度低")),
    "utilisation": (("limits well used", "额度使用率高"), ("limits little used", "额度使用率低")),
    "term_months": (("long terms", "期限长"), ("short terms", "期限短")),
    "remaining_months": (("long to run", "剩余期限长"), ("soon repaid", "即将到期")),
    "interest_rate": (("high rates", "利率高"), ("low rates", "利率低")),
    "fee_income": (("rich in fees", "中间业务收入高"), ("few fees", "中间业务收入低")),
    "tenure_months": (("long with us", "合作时间长"), ("new to us", "新客户")),
    "products_held": (("many products", "持有产品多"), ("few products", "持有产品少")),
    "transactions_12m": (("active", "交易活跃"), ("quiet", "交易不活跃")),
    "complaints_12m": (("often complaining", "投诉多"), ("few complaints", "投诉少")),
    "survey_score": (("content", "满意度高"), ("discontent", "满意度低")),
    "credit_score": (("good scores", "信用评分高"), ("weak scores", "信用评分低")),
    "days_past_due": (("in arrears", "有逾期"), ("on time", "还款及时")),
    "probability_of_default": (("risky", "风险高"), ("safe", "风险低")),
    "loss_given_default": (("costly in default", "违约损失率高"), ("cheap in default", "违约损失率低")),
    "collateral_value": (("well secured", "押品充足"), ("little security", "押品不足")),
    "guarantee_share": (("mostly guaranteed", "担保比例高"), ("little guaranteed", "担保比例低")),
    "ebitda": (("strong earnings", "盈利强"), ("weak earnings", "盈利弱")),
    "net_income": (("profitable", "盈利好"), ("thin margins", "盈利薄")),
    "total_debt": (("indebted", "负债高"), ("little debt", "负债低")),
    "equity": (("well capitalised", "资本充足"), ("thinly capitalised", "资本薄弱")),
    "operating_cash_flow": (("strong cash flow", "现金流强"), ("weak cash flow", "现金流弱")),
    "dscr": (("debt well covered", "偿债能力强"), ("debt barely covered", "偿债能力弱")),
    "llcr": (("debt well covered for life", "全期偿债能力强"),
             ("debt barely covered for life", "全期偿债能力弱")),
    "campaign_responses": (("responsive", "营销响应多"), ("unresponsive", "营销响应少")),
}

_LEVELS: dict[str, tuple[str, str]] = {
    "startup": ("start-ups", "初创期"), "growth": ("growth firms", "成长期"),
    "mature": ("mature firms", "成熟期"),
    "development": ("in development", "开发期"), "construction": ("under construction", "建设期"),
    "operation": ("in operation", "运营期"),
    "HNW": ("wealthy private customers", "高净值客户"), "SME": ("small and medium firms", "中小企业"),
    "corporate": ("corporates", "大中型企业"), "retail": ("private customers", "零售客户"),
    "sovereign": ("sovereigns", "主权客户"),
    "strong": ("strong", "优"), "good": ("good", "良"), "satisfactory": ("satisfactory", "中"),
    "weak": ("weak", "差"),
    "default": ("in default", "违约"),
    "financial": ("financial collateral", "金融质押"), "receivables": ("receivables", "应收账款"),
    "real_estate": ("real estate", "房地产"), "residential": ("residential property", "住宅"),
    "other_physical": ("other physical collateral", "其他实物押品"), "none": ("none", "无"),
    "senior": ("senior", "优先"), "subordinated": ("subordinated", "次级"),
    "pooled": ("other", "其他"), "unknown": ("unknown", "未知"),
}

_SCORED: dict[str, tuple[str, str]] = {
    "drawn": ("Drawn", "已用额度"), "undrawn": ("Undrawn", "未用额度"),
    "expected_loss": ("Expected loss", "预期损失"), "economic_capital": ("Capital", "经济资本"),
    "risk_weight": ("Risk weight", "风险权重"),
    "risk_adjusted_profit": ("Risk-adjusted profit", "风险调整后利润"),
    "roi": ("ROI", "ROI"), "raroc": ("RAROC", "RAROC"), "value_score": ("Value score", "价值评分"),
    "value_contribution": ("Contribution", "利润贡献"), "value_capacity": ("Ability to repay", "还款能力"),
    "value_conduct": ("Credit conduct", "信用表现"), "value_loyalty": ("Loyalty", "忠诚度"),
    "value_coverage": ("Coverage", "覆盖率"), "segment": ("Segment", "客群"), "tier": ("Tier", "层级"),
    "cost": ("Cost", "成本"), "asset_class": ("Asset class", "资产类别"),
}

_ROW_REASONS: tuple[tuple[str, str], ...] = (
    # what an import writes into the quarantine file, and the words for it
    (r"customer key is blank|customer id is blank", "quarantine.blank_customer"),
    (r"no amount at risk", "quarantine.exposure_missing"),
    (r"negative", "quarantine.exposure_negative"),
    (r"not finite|infinite", "quarantine.exposure_not_finite"),
    (r"\d+ (fields|cells) where", "quarantine.ragged"),
    (r"longer than", "quarantine.too_long"),
    (r"unreadable|never closes", "quarantine.unreadable"),
)
# fmt: on


def column_label(name: str, language: Language) -> str:
    """Name a column for people, contract, scored or extra.

    Examples
    --------
    >>> column_label("annual_revenue", "zh"), column_label("x_bank_state", "en")
    ('年营业收入', 'Bank state')
    """
    is_chinese = language == "zh"
    if name in BY_NAME:
        return BY_NAME[name].label_zh if is_chinese else BY_NAME[name].label_en
    if name in _SCORED:
        return _SCORED[name][is_chinese]
    if has_words(f"value.{name}"):
        return say(f"value.{name}", language)
    return _capital(plain(name.removeprefix("x_").replace("_", " "), 60))


def level_label(level: str, language: Language) -> str:
    """Name one level of a column; a level of the file's own stays as it is.

    Examples
    --------
    >>> level_label("construction", "zh"), level_label("Hotels & bars", "zh")
    ('建设期', 'Hotels & bars')
    """
    return _LEVELS[level][language == "zh"] if level in _LEVELS else plain(level, 60)


def segment_name(name_keys: Sequence[NameKey], language: Language) -> str:
    """Name a segment by what sets it apart.

    Parameters
    ----------
    name_keys : sequence of (column, ``high`` | ``low`` | level)
        Language-free keys, most telling first.
    language : {'en', 'zh'}
        Language of the name.

    Returns
    -------
    str
        Plain text; a level may come from the file, so escape it.

    Examples
    --------
    >>> keys = [("years_in_business", "low"), ("utilisation", "high")]
    >>> segment_name(keys, "en"), segment_name(keys, "zh")
    ('Young, limits well used', '经营年限短、额度使用率高')
    """
    parts = [_trait(column, level, language) for column, level in name_keys]
    if not parts:
        return "综合型" if language == "zh" else "Like the average"
    return "、".join(parts) if language == "zh" else _capital(", ".join(parts))


def row_reason(reason: str, language: Language) -> str:
    """Say why rows were set aside, from what the quarantine file says.

    Examples
    --------
    >>> row_reason("the customer key is blank", "zh")
    '缺少客户号'
    """
    found = (key for pattern, key in _ROW_REASONS if re.search(pattern, reason))
    return say(next(found, "quarantine.other"), language)


def _trait(column: str, level: str, language: Language) -> str:
    is_chinese = language == "zh"
    if level not in ("high", "low"):
        return level_label(level, language)
    if column in _PHRASES:
        return _PHRASES[column][level == "low"][is_chinese]
    label = column_label(column, language)
    if is_chinese:
        return label + ("高" if level == "high" else "低")
    return f"{level} {label if label.isupper() else label[:1].lower() + label[1:]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
