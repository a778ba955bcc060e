"""Words of the Tiers page: thresholds, gates, treatments, what changes."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "tier.Strategic": ("Strategic", "战略客户"),
    "tier.Core": ("Core", "核心客户"),
    "tier.Ordinary": ("Ordinary", "普通客户"),
    "tier.Work-out": ("Work-out", "清收"),
    "tier.total": ("Total", "合计"),
    "tier.strategic": ("Strategic", "战略客户"),
    "tier.core": ("Core", "核心客户"),
    "tier.ordinary": ("Ordinary", "普通客户"),

    "lifecycle.mature": ("Mature", "成熟期"),
    "lifecycle.growth": ("Growth", "成长期"),
    "lifecycle.startup": ("Start-up", "初创期"),
    "lifecycle.unknown": ("Unknown", "未知"),

    "band.up_to_0_5": ("≤ 0.5 %", "≤ 0.5%"),
    "band.up_to_1_5": ("≤ 1.5 %", "≤ 1.5%"),
    "band.up_to_4": ("≤ 4 %", "≤ 4%"),
    "band.up_to_10": ("≤ 10 %", "≤ 10%"),
    "band.above_10": ("> 10 %", "> 10%"),
    "band.unknown": ("unknown", "未知"),
    "band.title": ("PD (12 months)", "违约概率（12 个月）"),

    "tiers.title": ("Where should the tiers begin?", "各层级应从哪里开始？"),
    "tiers.answer": (
        "Drag a line, step it with the arrow keys, or type. Everything follows at once; nothing is in force "
        "until it is approved.",
        "拖动分层线、用方向键微调或直接输入，结果即时更新；未经审批不生效。"),
    "tiers.threshold_strategic": ("Strategic from a value score of", "战略客户：价值评分不低于"),
    "tiers.threshold_strategic_help": (
        "Customers worth at least this much may be Strategic. Higher: fewer, better customers get the best "
        "terms.",
        "价值评分达到该值的客户可列为战略客户。调高则人数减少、质量提高。"),
    "tiers.threshold_core": ("Core from a value score of", "核心客户：价值评分不低于"),
    "tiers.threshold_core_help": (
        "Customers worth at least this much may be Core; the rest are Ordinary. It can't stand above the "
        "other line.",
        "价值评分达到该值的客户可列为核心客户，其余为普通客户；不得高于战略客户分层线。"),
    "tiers.gates_title": ("How strict is each gate?", "各风险门槛有多严？"),
    "tiers.gates_subtitle": (
        "Highest 12-month PD a tier accepts, by life cycle",
        "各层级按生命周期可接受的最高 12 个月违约概率"),
    "tiers.gate_strategic": ("{lifecycle}: Strategic up to a PD of", "{lifecycle}：战略客户违约概率上限"),
    "tiers.gate_core": ("{lifecycle}: Core up to a PD of", "{lifecycle}：核心客户违约概率上限"),
    "tiers.gate_help": (
        "Whoever is likelier to default than this drops a tier, whatever the value. Lower is stricter.",
        "违约可能性高于该值的客户下调一层，不论价值高低。数值越低越严格。"),
    "tiers.lifecycle": ("Life cycle", "生命周期"),
    "tiers.near_line": (
        "{n} {n:customer lies|customers lie} within one step of a line.",
        "{n} 户客户距分层线不到一档。"),

    "tiers.no_probability": (
        "Nobody here has a probability of default, so nobody passes a gate. Bring one in with the portfolio.",
        "这里没有客户具备违约概率，因此无人通过门槛。请在数据中提供违约概率。"),

    "verdict.grows": (
        "{tier} grows from {before} to {after} customers.",
        "{tier}由 {before} 户增至 {after} 户。"),
    "verdict.shrinks": (
        "{tier} shrinks from {before} to {after} customers.",
        "{tier}由 {before} 户减至 {after} 户。"),
    "verdict.same_size": ("{tier} keeps its {after} {after:customer|customers}.", "{tier}仍为 {after} 户。"),
    "verdict.unchanged": ("This is the policy in force.", "与现行政策一致。"),
    "verdict.unchanged_rest": ("Move a line to see what would change.", "调整分层线即可查看变化。"),
    "verdict.money": ("Expected loss {loss}, capital {capital}, risk-adjusted profit {profit} a year.",
                      "预期损失 {loss}，资本 {capital}，风险调整后利润每年 {profit}。"),
    "verdict.raroc": ("RAROC of {tier} {before} → {after}.", "{tier} RAROC {before} → {after}。"),
    "verdict.moves": ("{n} {n:customer moves|customers move}.", "{n} 户客户变更层级。"),
    "verdict.assumed": (
        "Rests on assumed treatments for {share} of exposure.",
        "其中 {share} 的敞口依赖假设的差异化措施。"),
    "verdict.relabel": ("With neutral treatments the tiers only re-label: no figure of money moves.",
                        "差异化措施均为中性时，分层仅改变标签，金额不变。"),

    "tiers.to_movers": ("Who moves?", "哪些客户变更层级？"),
    "tiers.to_proposals": ("Best within my limits…", "限额内的最优政策…"),
    "tiers.to_backtest": ("Back-test", "回测"),
    "tiers.undo": ("Undo", "撤销"),
    "tiers.redo": ("Redo", "重做"),
    "tiers.propose": ("Propose this policy", "提议此政策"),
    "tiers.gate_value": ("up to a PD of {value}", "违约概率不高于 {value}"),
    "tiers.gate_closed": ("closed: nobody passes", "关闭：无人通过"),
    "tiers.threshold_value": (
        "{value} points; {tier} holds {n} {n:customer|customers}",
        "{value} 分；{tier} {n} 户"),
    "tiers.reset": ("Reset to policy in force", "恢复现行政策"),
    "tiers.download": ("Download the policy (TOML)", "下载政策文件（TOML）"),

    "histogram.title": ("Where do the lines fall?", "分层线落在哪里？"),
    "histogram.axis_exposure": ("value score (0–100) · height: exposure · shade: probability of default",
                                "价值评分（0–100）· 高度：敞口 · 深浅：违约概率"),
    "histogram.in_force": ("in force {value}", "现行 {value}"),
    "histogram.alt": (
        "Value scores stacked by probability of default; Core begins at {core}, Strategic at {strategic}.",
                      "按违约概率堆叠的价值评分分布；核心客户自 {core} 起，战略客户自 {strategic} 起。"),
    "histogram.column.score": ("Value score from", "价值评分起"),

    "holds.title": ("What each tier holds", "各层级构成"),
    "holds.subtitle": (
        "Under each tier's treatment. Second line: change against the policy in force, absolute and relative",
        "各层级执行差异化措施后。第二行：较现行政策的变化（绝对值与相对值）"),
    "holds.income": ("Income", "收入"),
    "holds.income_hint": (
        "What the tier pays in a year for what it has borrowed: interest and fees before any cost.",
        "该层级一年支付的利息与费用，未扣除任何成本。"),
    "holds.points": ("\u202fpp", "个百分点"),
    "holds.tier": ("Tier", "层级"),
    "holds.customers": ("Customers", "客户数"),
    "holds.exposure": ("Exposure", "敞口"),
    "holds.loss": ("Expected loss", "预期损失"),
    "holds.capital": ("Capital", "资本"),
    "holds.profit": ("Profit", "利润"),
    "holds.roi": ("ROI", "ROI"),
    "holds.raroc": ("RAROC", "RAROC"),

    "bubbles.title": ("Does the return pay for the risk?", "收益是否覆盖风险？"),
    "bubbles.subtitle": ("Size: exposure", "大小：敞口"),
    "bubbles.x": ("expected loss, % of exposure", "预期损失率（占敞口）"),
    "bubbles.y_raroc": ("RAROC", "RAROC"),
    "bubbles.hurdle": ("hurdle {value}", "门槛 {value}"),
    "bubbles.alt": (
        "Return over risk: {names}. The best return has {best}.",
        "风险与收益：{names}。收益最高的是{best}。"),

    "treatments.title": ("What does each tier get?", "各层级享有什么？"),
    "treatments.subtitle": (
        "Assumptions until your own figures replace them †",
        "均为假设值，可替换为实际值 †"),
    "treatments.what": ("What", "措施"),
    "treatments.price": ("Price change, basis points", "价格调整（基点）"),
    "treatments.limit": ("Limit, times today's", "额度倍数"),
    "treatments.use": ("Use of new headroom", "新增额度使用率"),
    "treatments.collateral": ("Collateral asked, share of exposure", "要求押品覆盖率"),
    "treatments.service": ("Service cost, % of what is drawn, a year", "年服务成本（占已用额度 %）"),
    "treatments.take_up": ("Accepted by, share of customers", "接受比例"),
    "treatments.churn": ("Churn, points a year (lifetime value only)", "年流失率变化（百分点，仅影响生命周期价值）"),
    "treatments.review": ("Review every, months", "复审周期（月）"),
    "treatments.offer": ("Offer", "方案"),
    "treatments.neutral": ("Make all neutral", "全部设为中性"),
}
# fmt: on
