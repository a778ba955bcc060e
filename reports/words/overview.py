"""Words of the Overview."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "overview.title": ("{name} at a glance", "{name} 一览"),
    "overview.answer": (
        "{customers} {customers:customer owes|customers owe} {exposure}. {expected_loss} is expected to be "
        "lost "
        "within a year; {capital} of capital stands behind the rest.",
        "{customers} 户客户敞口合计 {exposure}；预计一年内损失 {expected_loss}，另需 {capital} "
        "资本抵御非预期损失。"),
    "overview.answer_no_risk": (
        "{customers} {customers:customer owes|customers owe} {exposure}. Without a probability of default, "
        "losses and capital can't be said.",
        "{customers} 户客户敞口合计 {exposure}；缺少违约概率，无法给出损失与资本。"),

    "overview.exposure": ("Exposure", "风险敞口"),
    "overview.profit": ("Risk-adjusted profit, a year", "风险调整后利润（年）"),
    "overview.expected_loss": ("Expected to be lost within a year", "一年内预期损失"),
    "overview.raroc": ("RAROC, hurdle {hurdle}", "RAROC（门槛 {hurdle}）"),
    "overview.exposure_note": ("{customers} {customers:customer|customers}", "{customers} 户客户"),
    "overview.profit_note": ("{roi} of the funds lent", "占贷出资金的 {roi}"),
    "overview.loss_note": ("{share} of exposure", "占敞口的 {share}"),
    "overview.raroc_note": ("{n} of {total} segments below the hurdle", "{total} 个客群中 {n} 个低于门槛"),

    "profit.title": ("Who earns the profit?", "利润来自谁？"),
    "profit.answer": ("{top} of customers earn {share} of it", "{top} 的客户贡献了 {share} 的利润"),
    "profit.losers": ("{share} of customers lose money", "{share} 的客户亏损"),
    "profit.label": ("top {top} earn {share}", "前 {top} 贡献 {share}"),
    "profit.axis": ("customers, least to most profitable", "客户（利润由低到高）"),
    "profit.no_total": (
        "The portfolio as a whole loses money, so shares of profit can't be shown.",
        "组合整体亏损，无法显示利润占比。"),
    "profit.unknown": (
        "Profit is unknown: it needs a probability of default for at least some customers.",
        "利润未知：至少部分客户需有违约概率。"),
    "profit.alt": (
        "Curve of cumulative profit over customers from least to most profitable: the top {top} earn "
        "{share}.",
        "按利润由低到高累计的利润曲线：前 {top} 的客户贡献 {share}。"),
    "profit.column.customers": ("Share of customers", "客户占比"),
    "profit.column.profit": ("Cumulative share of profit", "累计利润占比"),

    "risk.title": ("Where does the risk sit?", "风险集中在哪里？"),
    "overview.as_of": ("As of {date}.", "截至 {date}。"),
    "risk.subtitle_exposure": ("Share of exposure by industry; no PD is known", "按行业划分的敞口占比；违约概率未知"),
    "names.hidden": ("customer {n}", "客户 {n}"),
    "risk.subtitle": ("Share of expected loss by industry", "各行业预期损失占比"),
    "risk.alt": ("Bars of the share of expected loss by industry; {name} is largest with {share}.",
                 "各行业预期损失占比条形图，最高为{name}（{share}）。"),
    "risk.column.industry": ("Industry", "行业"),
    "risk.column.share": ("Share of expected loss", "预期损失占比"),

    "names.title": ("How much hangs on a few names?", "多少敞口集中在少数客户？"),
    "names.answer": ("The {n} largest hold {share} of exposure", "前 {n} 大客户占敞口的 {share}"),
    "names.effective": ("As concentrated as {n} equal customers", "集中度相当于 {n} 户等额客户"),
    "names.alt": ("Bars of the {n} largest exposures; {name} is largest with {amount}.",
                  "前 {n} 大敞口条形图，最大为{name}（{amount}）。"),
    "names.column.name": ("Customer", "客户"),
    "names.column.exposure": ("Exposure", "敞口"),

    "trust.title": ("How far to trust this", "结果可信程度"),
    "trust.subtitle": ("Coverage, assumptions, sources", "覆盖率、假设与来源"),
    "trust.rows": ("Rows read and kept", "读取并保留的行"),
    "trust.rows_value": ("{kept} of {read}", "{kept} / {read}"),
    "trust.probability": ("PD known for", "已知违约概率"),
    "trust.loss": ("LGD from the file or own losses for", "违约损失率来自文件或自身损失"),
    "trust.of_exposure": ("{share} of exposure", "{share} 的敞口"),
    "trust.model": ("Scorecard from own defaults, AUC", "自建评分卡 AUC"),
    "trust.components": ("Sides of value that could be seen", "可观察的价值维度"),
    "trust.components_value": ("{n} of 4", "{n} / 4"),
    "trust.simulated": ("Simulated: no real customer is in it.", "模拟数据，不含任何真实客户。"),

    "next.title": ("Worth doing next", "接下来可以做"),
}
# fmt: on
