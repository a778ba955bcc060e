"""The glossary: each abbreviation and term of the field, plain words first."""

from __future__ import annotations

# fmt: off
_TERMS: dict[str, tuple[str, str, str, str]] = {
    # key: (label en, label zh, meaning en, meaning zh)
    "probability_of_default": (
        "PD", "违约概率（PD）",
        "Probability of default: how likely a customer stops paying within 12 months.",
        "Probability of default：客户在 12 个月内违约的可能性。"),
    "loss_given_default": (
        "LGD", "违约损失率（LGD）",
        "Loss given default: the share of the exposure that is lost when a customer defaults.",
        "Loss given default：客户违约时敞口中最终损失的比例。"),
    "exposure_at_default": (
        "EAD", "违约风险暴露（EAD）",
        "Exposure at default: what a customer would owe at the moment of default, part of the undrawn limit "
        "included.",
        "Exposure at default：违约时点的债务余额，含部分未动用额度。"),
    "exposure": (
        "Exposure", "风险敞口",
        "The amount at risk if customers stop paying.",
        "客户停止还款时面临风险的金额。"),
    "expected_loss": (
        "Expected loss", "预期损失（EL）",
        "What is expected to be lost within a year: PD × LGD × EAD.",
        "一年内预计发生的损失：PD × LGD × EAD。"),
    "economic_capital": (
        "Capital", "经济资本",
        "Own funds that stand behind losses beyond the expected ones, by the Basel formula at 99.9 %.",
        "按巴塞尔公式（99.9% 置信度）计算、用于抵御非预期损失的自有资金。"),
    "risk_weight": (
        "Risk weight", "风险权重",
        "Capital requirement times 12.5, as a share of exposure.",
        "资本要求乘以 12.5，占敞口的比例。"),
    "risk_adjusted_profit": (
        "Risk-adjusted profit", "风险调整后利润",
        "Income less funding, servicing and expected loss, a year.",
        "年收入减去资金成本、服务成本与预期损失。"),
    "roi": (
        "ROI", "投资回报率（ROI）",
        "Return on investment: risk-adjusted profit over the funds lent.",
        "Return on investment：风险调整后利润除以贷出资金。"),
    "raroc": (
        "RAROC", "风险调整后资本回报率（RAROC）",
        "Risk-adjusted return on capital: profit after expected loss and tax over economic capital.",
        "Risk-adjusted return on capital：扣除预期损失和税后的利润除以经济资本。"),
    "hurdle": (
        "Hurdle", "门槛收益率",
        "The RAROC a loan must earn, after tax, to be worth its capital.",
        "贷款税后 RAROC 至少应达到的水平。"),
    "value_score": (
        "Value score", "价值评分",
        "0 to 100: how much a customer is worth by profit, ability to repay, conduct and loyalty. 50 is the "
        "middle "
        "of the portfolio it was set on.",
        "0 至 100：综合利润贡献、还款能力、信用表现与忠诚度。50 为基准组合的中位。"),
    "value_coverage": (
        "Coverage", "覆盖率",
        "Share of the value score that rests on the customer's own data; the rest counts as average.",
        "价值评分中由客户自身数据支撑的比例，其余按平均值计。"),
    "gate": (
        "Gate", "风险门槛",
        "A limit on PD that keeps a customer out of a tier, whatever the value.",
        "违约概率上限：超过者不得进入该层级，不论价值高低。"),
    "threshold": (
        "Threshold", "分层线",
        "The value score at which a tier begins.",
        "层级起始的价值评分。"),
    "lifecycle": (
        "Life cycle", "生命周期",
        "Start-up below 3 years in business, growth below 10, else mature; gates are stricter for the young.",
        "经营不足 3 年为初创期，不足 10 年为成长期，其余为成熟期；越年轻门槛越严。"),
    "tier": (
        "Tier", "客户层级",
        "Strategic, Core or Ordinary: the class a policy gives a customer. Defaulted customers are in "
        "Work-out.",
        "战略、核心或普通客户，由政策确定；已违约客户归入清收。"),
    "segment": (
        "Segment", "客群",
        "Customers found alike by their own traits, whatever the policy.",
        "按客户自身特征聚类得到的相似客户群，与政策无关。"),
    "policy": (
        "Policy", "分层政策",
        "Thresholds, gates and treatments together; versioned, and unchangeable once saved.",
        "分层线、风险门槛与差异化措施的组合；按版本管理，保存后不可更改。"),
    "treatment": (
        "Treatment", "差异化措施",
        "What a tier gets: limit, price, collateral, service.",
        "层级享有的额度、价格、押品与服务安排。"),
    "snapshot": (
        "Snapshot", "数据快照",
        "A portfolio as of one date; it never changes.",
        "某一日期的资产组合，不可更改。"),
    "stability": (
        "Stability", "稳定性",
        "How much of each group is found again when the data are redrawn; above 0.85 is very stable, below "
        "0.6 is no group.",
        "重抽样后各客群能被再次识别的程度；高于 0.85 为很稳定，低于 0.6 不成客群。"),
    "auc": (
        "AUC", "AUC",
        "How well a score tells defaulters from others: 0.5 is chance, 1 is perfect.",
        "评分区分违约与非违约客户的能力：0.5 为随机，1 为完全区分。"),
    "slotting": (
        "Slotting", "专业贷款评级映射",
        "Supervisory grades for project finance: strong, good, satisfactory, weak, default.",
        "项目融资监管评级：优、良、中、差、违约。"),
    "dscr": (
        "DSCR", "偿债备付率（DSCR）",
        "Debt service cover: cash flow over interest and repayment due.",
        "现金流与应还本息之比。"),
    "llcr": (
        "LLCR", "贷款期偿债覆盖率（LLCR）",
        "Loan life cover: present value of cash flow over debt.",
        "贷款期内现金流现值与债务之比。"),
    "assumption": (
        "†", "†",
        "This figure rests on an assumption.",
        "该数字依赖假设。"),
    "quarantine": (
        "Set aside", "隔离",
        "Rows that can't be used as they are; download them, mend them, bring them back.",
        "无法直接使用的行；可下载、修正后重新导入。"),
}
# fmt: on

TERM_KEYS: tuple[str, ...] = tuple(_TERMS)
"""Keys of the glossary, in the order they are shown."""

WORDS: dict[str, tuple[str, str]] = {
    f"term.{key}": (label_en, label_zh) for key, (label_en, label_zh, _, _) in _TERMS.items()
} | {
    f"term.{key}.meaning": (meaning_en, meaning_zh) for key, (_, _, meaning_en, meaning_zh) in _TERMS.items()
}
