"""Words of the quality report: one sentence a rule, and what each column holds."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "quality.title": ("How good is this data?", "数据质量如何？"),
    "quality.answer": (
        "{n} {n:thing|things} noticed among {customers} customers; {impossible} can't be true.",
        "{customers} 户客户中发现 {n} 项，其中 {impossible} 项不可能成立。"),
    "quality.answer_possible": (
        "{n} {n:thing|things} noticed among {customers} customers, none of them impossible.",
        "{customers} 户客户中发现 {n} 项，均有可能成立。"),
    "quality.nothing": ("Nothing to notice among {customers} customers.", "{customers} 户客户中未发现问题。"),
    "quality.found.title": ("What should somebody look at?", "哪些需要核查？"),
    "quality.found.subtitle": ("Worst first; no row was set aside for it", "按严重程度排序；未因此隔离任何行"),
    "quality.how_bad": ("How bad", "严重程度"),
    "quality.what": ("What we found", "发现"),
    "quality.customers": ("Customers", "客户数"),
    "quality.share": ("Share", "占比"),
    "quality.severity.3": ("can't be true", "不可能成立"),
    "quality.severity.2": ("serious", "严重"),
    "quality.severity.1": ("worth a look", "建议核查"),
    "quality.severity.0": ("good to know", "供参考"),
    "quality.rows.title": ("Which customers are they?", "涉及哪些客户？"),
    "quality.rows.choose": ("Found", "发现项"),
    "quality.rows.make": ("List them", "列出客户"),
    "quality.rows.download": ("Download {n} {n:customer|customers}", "下载 {n} 户客户"),
    "quality.rows.first": ("The first {n} of them", "前 {n} 户"),
    "quality.columns.title": ("What does each column hold?", "各字段包含什么？"),
    "quality.columns.subtitle": (
        "Filled, spread and most frequent values; the small picture ends at the 1st and 99th percentile",
        "填充率、分布与常见值；小图范围为第 1 至第 99 百分位"),
    "quality.column": ("Column", "字段"),
    "quality.filled": ("Filled", "填充率"),
    "quality.shape": ("Spread", "分布"),
    "quality.values": ("Lowest · middle · highest, or most frequent", "最小 · 中位 · 最大，或常见值"),
    "quality.values.none": ("Names and keys: none is frequent", "名称或编号：无常见值"),
    "quality.levels": ("Different", "不同值"),
    "quality.levels.hint": ("How many different values, roughly", "不同取值数（约）"),
    "quality.see": ("See the whole quality report", "查看完整质量报告"),
    "quality.rows.none": ("This is about a whole column, not about single customers.", "该项针对整个字段，而非个别客户。"),

    "quality.paid_with_loss": (
        "{n} {n:customer|customers} not in default {n:carries|carry} a loss all the same",
        "{n} 户未违约客户却有损失金额"),
    "quality.loss_above_exposure": ("{n} {n:loss is|losses are} larger than the exposure", "{n} 户损失金额大于敞口"),
    "quality.early_default": (
        "{n} {n:default lies|defaults lie} before the money went out", "{n} 户违约日期早于放款日期"),
    "quality.default_to_come": (
        "{n} {n:default lies|defaults lie} after the day the data describes", "{n} 户违约日期晚于数据日期"),
    "quality.start_to_come": (
        "{n} {n:loan begins|loans begin} after the day the data describes", "{n} 户放款日期晚于数据日期"),
    "quality.maturity_before_start": ("{n} {n:loan ends|loans end} before {n:it begins|they begin}", "{n} 户到期日早于放款日期"),
    "quality.date_without_default": (
        "{n} {n:customer|customers} not in default {n:carries|carry} a date of default", "{n} 户未违约客户却有违约日期"),
    "quality.default_without_date": ("{n} {n:default has|defaults have} no date", "{n} 户违约客户没有违约日期"),
    "quality.default_without_loss": ("{n} {n:customer|customers} in default {n:carries|carry} no loss", "{n} 户违约客户没有损失金额"),
    "quality.outcome_missing": ("The outcome is missing for {n} {n:customer|customers}", "{n} 户客户缺少违约结果"),
    "quality.long_past_due": (
        "{n} {n:customer is|customers are} more than 90 days late yet not in default", "{n} 户客户逾期超过 90 天却未标记违约"),
    "quality.over_limit": ("{n} {n:customer owes|customers owe} more than the limit", "{n} 户客户余额超过授信额度"),
    "quality.remaining_above_term": (
        "{n} {n:loan has|loans have} more months left than the whole term", "{n} 户剩余期限长于合同期限"),
    "quality.recovered_above_loss": ("{n} {n:recovery is|recoveries are} larger than the loss", "{n} 户回收金额大于损失金额"),
    "quality.founded_after_loan": (
        "{n} {n:firm was|firms were} founded after {n:its|their} loan began", "{n} 户企业成立日期晚于放款日期"),
    "quality.equity_above_assets": ("{n} {n:firm has|firms have} more equity than assets", "{n} 户企业净资产大于总资产"),
    "quality.current_above_assets": (
        "{n} {n:firm has|firms have} more current assets than assets", "{n} 户企业流动资产大于总资产"),
    "quality.income_above_revenue": ("{n} {n:firm earns|firms earn} more than {n:it sells|they sell}", "{n} 户企业净利润大于营业收入"),
    "quality.ebitda_above_revenue": (
        "{n} {n:firm has|firms have} an EBITDA above {n:its|their} revenue", "{n} 户企业 EBITDA 大于营业收入"),
    "quality.young_firm_long_history": (
        "{n} {n:firm has|firms have} been a customer longer than in business", "{n} 户企业合作时间长于经营年限"),
    "quality.worse_than_default": (
        "{n} {n:customer|customers} not in default {n:has|have} a probability of default of 100 %", "{n} 户未违约客户违约概率为 100%"),
    "quality.no_exposure_left": ("{n} {n:customer owes|customers owe} nothing", "{n} 户客户敞口为零"),
    "quality.alike": (
        "{n} {n:customer equals|customers equal} another in everything but the key", "{n} 户客户除编号外与他人完全相同"),
    "quality.same_name": ("{n} {n:customer shares|customers share} a name with another", "{n} 户客户与他人同名"),
    "quality.outside_range": ("{label} is out of its range for {n} {n:customer|customers}", "{label}有 {n} 户超出合理范围"),
    "quality.late_by_cells": (
        "{label} is filled for the defaulted and next to nobody else: never use it to predict default",
        "{label}几乎只在违约客户中有值：不可用于预测违约"),
    "quality.late": ("{label} is known only later: never used to predict default", "{label}事后才知：不用于预测违约"),
    "quality.missing": ("{label} is missing for {n} {n:customer|customers}", "{n} 户客户缺少{label}"),
    "quality.outliers": (
        "{label} is far outside the usual range for {n} {n:customer|customers}", "{n} 户客户的{label}远超常见范围"),
    "quality.several_currencies": ("Amounts in {n} currencies are added up as they are", "{n} 种币种的金额未折算直接相加"),
    "quality.constant": ("{label} is the same for everybody", "{label}所有客户取值相同"),
}
# fmt: on
