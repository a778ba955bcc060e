"""Words of the Back-test page: tiers judged by what happened, a proposal replayed, a challenger followed."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "menu.backtest": ("Back-test", "回测"),
    "backtest.title": ("Would these tiers have been right?", "这样分层，事后看对吗？"),
    "backtest.lead": (
        "Tiers are set as of an earlier day, with nothing that came later, and judged by what then happened.",
        "以过去某日为准分层，不使用此后的任何信息，再以实际结果检验。"),
    "backtest.answer": (
        "Of {tier} {best} defaulted, of as many customers drawn at random {random}. A unit lent earned {net} there, "
        "{net_random} at random.",
        "{tier}的违约率为 {best}，同等数量随机客户为 {random}；每单位贷款的净收益：该层级 {net}，随机 {net_random}。"),
    "backtest.answer_no_difference": (
        "Of {tier} {best} defaulted, of as many customers drawn at random {random}: that may be chance, no order is shown.",
        "{tier}违约率 {best}，同等数量随机客户 {random}：差异可能出于偶然，不能说明分层有效。"),
    "backtest.answer_empty": (
        "All stand in the lowest tier, so there is nothing to compare it with.",
        "所有客户均在最低层级，无从比较。"),

    "backtest_view.label": ("What to try", "检验方式"),
    "backtest_view.judge": ("Judge the past", "检验过去"),
    "backtest_view.replay": ("Replay my draft", "重放草稿"),
    "backtest_view.challenger": ("Challenger", "挑战者政策"),

    "backtest.filtered_judge": (
        "Judged are the customers who fit the filter above; the model learns from all of them.",
        "仅检验符合上方筛选的客户；模型仍从全部客户中学习。"),
    "backtest.filtered_replay": (
        "On each snapshot those customers count who fitted the filter above on its day.",
        "各期快照仅计入当日符合上方筛选的客户。"),
    "backtest.filtered_challenger": (
        "On each snapshot those customers count who fitted the filter above on its day.",
        "各期快照仅计入当日符合上方筛选的客户。"),
    "backtest.source": ("Outcomes from", "结果来源"),
    "backtest.source_within": ("dated outcomes of this snapshot", "本快照中带日期的结果"),
    "backtest.source_between": ("a later snapshot", "较晚的快照"),
    "backtest.source_pair": ("Tiers set on", "分层依据的快照"),
    "backtest.no_dates": (
        "This snapshot can't judge its own past: it needs the columns Originated, Defaulted and Defaulted on, with dates "
        "that leave time for outcomes. {found}",
        "本快照无法检验自身过去：需要放款日期、是否违约、违约日期三列，且日期须留有观察结果的时间。{found}"),
    "backtest.no_dates_found": ("It has: {names}.", "现有：{names}。"),
    "backtest.no_dates_none": ("It has none of them.", "三列均无。"),
    "backtest.no_later": (
        "No earlier snapshot of this lender is here whose customers this one could judge. Import one with the same customer "
        "keys and a snapshot date.",
        "没有可由本快照检验的同一机构较早快照。请导入客户编号一致且带快照日期的文件。"),
    "backtest.fit_until": ("A · the model knows the world until", "A · 模型所知截止日"),
    "backtest.fit_until_help": (
        "Deals begun later and defaults that came later are hidden from the model.",
        "此后放款的业务和此后发生的违约对模型不可见。"),
    "backtest.tiers_from": ("Deals that get a tier: from", "参与分层的业务：自"),
    "backtest.tiers_to": ("to", "至"),
    "backtest.until": ("B · outcomes until", "B · 结果截止日"),
    "backtest.rule": ("Tiers set by", "分层方式"),
    "backtest.rule_draft": ("my draft", "我的草稿"),
    "backtest.rule_in_force": ("the policy in force", "现行政策"),
    "backtest.rule_draft_then": ("my draft as it was then", "当时的草稿"),
    "backtest.rule_in_force_then": ("the policy then in force", "当时的现行政策"),
    "backtest.rule_count": ("count: best tenth, next three tenths", "数量：前 10% 与其后 30%"),
    "backtest.weights": ("Value score counts", "价值评分侧重"),
    "backtest.weights_profit": ("profit of a customer", "每户利润"),
    "backtest.weights_unit": ("profit of a unit lent", "每单位贷款的利润"),
    "backtest.hindsight": ("Let the model know how old deals ended", "允许模型知道旧业务的最终结果"),
    "backtest.hindsight_help": (
        "Published comparisons do. A lender could not have: judge by it how good the order is, not how good a decision on "
        "that day could have been.",
        "公开比较常这样做，但当时的机构并不知道。它只说明排序能力，不代表当日决策的水平。"),
    "backtest.run": ("Judge these tiers", "开始检验"),
    "backtest.working": ("Fitting the model as of that day and judging it", "正在按当日信息拟合并检验"),
    "backtest.first": ("Choose the days and start: the answer comes within a minute.", "选定日期后开始，一分钟内给出结果。"),

    "outcome.rate_title": ("Did fewer fail in the better tiers?", "层级越好，违约越少吗？"),
    "outcome.rate_subtitle": (
        "Share that defaulted, with its 95 % interval; the grey band is where as many random customers would lie",
        "违约比例及其 95% 区间；灰带为同等数量随机客户的范围"),
    "outcome.rate_alt": (
        "Default rate by tier: {parts}; grey bands show random tiers of the same sizes.",
        "各层级违约率：{parts}；灰带为同等规模的随机分层。"),
    "outcome.net_title": ("What did a unit lent really earn?", "每单位贷款实际收益如何？"),
    "outcome.net_subtitle": (
        "Income less realised loss, % of the amount at stake over the whole time, with its 95 % interval",
        "收入减实际损失，占期内风险金额的百分比，附 95% 区间"),
    "outcome.net_alt": (
        "Net result per unit lent by tier: {parts}; grey bands show random tiers of the same sizes.",
        "各层级每单位贷款净收益：{parts}；灰带为同等规模的随机分层。"),
    "outcome.random": ("random", "随机"),
    "outcome.rules_title": ("Would a simpler rule have done as well?", "更简单的规则能否同样有效？"),
    "outcome.rules_subtitle": (
        "{tier}, {n} {n:customer|customers}, and as many chosen otherwise; small figures are 95 % intervals. Money in {unit}",
        "{tier}（{n} 户）与以其他方式选出的同等数量客户；小字为 95% 区间。金额单位：{unit}"),
    "outcome.all_tiers": ("Show every tier of every rule", "查看各规则全部层级"),
    "outcome.caption": ("What became of each tier", "各层级的实际结果"),
    "outcome.column.rule": ("Chosen by", "选取方式"),
    "outcome.column.tier": ("Tier", "层级"),
    "outcome.column.customers": ("Customers", "客户数"),
    "outcome.column.rate": ("Defaulted", "违约率"),
    "outcome.column.late": ("Late or defaulted", "逾期或违约"),
    "outcome.column.late_hint": (
        "More than 30 days past due, or defaulted, at the end", "期末逾期超过 30 天或已违约"),
    "outcome.column.share": ("Share of amount", "金额占比"),
    "outcome.column.loss": ("Loss", "损失"),
    "outcome.column.net": ("Net result", "净收益"),
    "outcome.column.net_hint": ("Income less realised loss over the whole time", "期内收入减实际损失"),
    "outcome.column.net_rate": ("Per unit lent", "每单位贷款"),
    "rule.set": ("the tiers under test", "受检验的分层"),
    "rule.value": ("highest value score", "价值评分最高"),
    "rule.pd": ("lowest PD", "违约概率最低"),
    "rule.amount": ("largest amount", "金额最大"),
    "rule.random": ("at random, mean of many draws", "随机抽取（多次平均）"),
    "outcome.income_assumed": (
        "Income is the model's yearly interest and fees less cost, for as long as the money was out",
        "收入按模型的年利息和费用减成本计算，计至资金收回"),
    "outcome.loss_assumed": (
        "The loss of {n} {n:default|defaults} is not known: forecast loss rate times exposure stands in",
        "{n} 笔违约的损失未知：以预测损失率乘敞口代替"),
    "outcome.judged": ("{n} customers judged, {defaults} of them defaulted.", "检验 {n} 户，其中违约 {defaults} 户。"),
    "outcome.set_by": (
        "Tiers as {rule} sets them on what was known on {on}; outcomes until {until}.",
        "按{rule}、以 {on} 所知信息分层；结果截至 {until}。"),
    "outcome.left_out": ("Not judged: {parts}.", "未检验：{parts}。"),
    "left_out.in_default": ("{n} in default already", "{n} 户当时已违约"),
    "left_out.undated": ("{n} whose default has no date", "{n} 户违约无日期"),
    "left_out.unknown": ("{n} whose outcome is not known", "{n} 户结果未知"),
    "left_out.gone": ("{n} no longer there", "{n} 户已不在册"),
    "outcome.few": (
        "Only {n} defaults: the intervals are wide, read them before the figures.",
        "违约仅 {n} 户：区间较宽，请先看区间。"),
    "outcome.as_is": (
        "Columns are as the snapshot has them: what has been rewritten since the deal began is not undone.",
        "各列取自快照现值：放款后被改写的内容未还原。"),
    "outcome.model": (
        "Model fitted on {n} deals with {defaults} defaults known by {date}.",
        "模型基于截至 {date} 已知的 {n} 笔业务、{defaults} 笔违约。"),

    "outcome.no_model": (
        "{n} deals with {defaults} defaults were known by {date}, too few for a scorecard: PDs are those the portfolio gives.",
        "截至 {date} 已知 {n} 笔业务、{defaults} 笔违约，不足以建立评分卡：违约概率取组合自带值。"),

    "replay.title": ("What would my draft have done on past snapshots?", "草稿若用于过去的快照会怎样？"),
    "replay.subtitle": (
        "Figures under the draft and its treatments; below them the difference to the policy in force. Money in {unit}",
        "草稿及其措施下的数值；下方为与现行政策之差。金额单位：{unit}"),
    "replay.answer": (
        "On {n} {n:snapshot|snapshots} {low} to {high} of customers would have stood in another tier.",
        "在 {n} 期快照上，{low} 至 {high} 的客户会处于不同层级。"),
    "replay.same": (
        "The draft is the policy in force. Move a line on Tiers, then see here what it would have done before.",
        "草稿与现行政策相同。请先在“客户分层”中调整，再来此查看其过去表现。"),
    "replay.one": (
        "Only this snapshot is here. With earlier ones of the same lender the draft would be replayed on each.",
        "目前仅有本期快照。导入同一机构的较早快照后，草稿将逐期重放。"),
    "replay.column.snapshot": ("Snapshot", "快照"),
    "replay.column.moved": ("In another tier", "层级不同"),
    "replay.column.loss": ("Expected loss", "预期损失"),
    "replay.column.capital": ("Capital", "资本"),
    "replay.column.roi": ("ROI", "投资回报率"),
    "replay.undated": ("no date", "无日期"),

    "challenger.title": ("Would another policy do better as time goes on?", "随时间推移，另一政策会更好吗？"),
    "challenger.none": (
        "No challenger runs. Register the draft as one: with each new snapshot it is applied beside the policy in force, "
        "and both are judged by what became of their tiers. It decides nothing.",
        "目前没有挑战者政策。可将草稿登记为挑战者：每有新快照即与现行政策并行应用，并以实际结果比较；它不产生任何决策。"),
    "challenger.same": (
        "The draft is the policy in force: move a line on Tiers first.", "草稿与现行政策相同，请先在“客户分层”中调整。"),
    "challenger.name": ("Name of the challenger", "挑战者名称"),
    "challenger.name_first": ("Draft of {date}", "{date}草稿"),
    "challenger.register": ("Register my draft as challenger", "将草稿登记为挑战者"),
    "challenger.not_allowed": (
        "To register or end a challenger one needs a role that may edit policies.", "登记或终止挑战者需要政策编辑权限。"),
    "challenger.running": (
        "“{name}” runs beside the policy in force since {date}, registered by {person}.",
        "“{name}”自 {date} 起与现行政策并行，由 {person} 登记。"),
    "challenger.end": ("End this challenger", "终止挑战者"),
    "challenger.ended": ("The challenger is ended; its record stays.", "挑战者已终止，记录保留。"),
    "challenger.subtitle": (
        "Each snapshot under the policy in force on its day and under the challenger; what became of the best tier by the "
        "next snapshot, small figures 95 % intervals. Money in {unit}",
        "各期快照分别按当日现行政策与挑战者分层；最优层级至下一期的实际结果，小字为 95% 区间。金额单位：{unit}"),
    "challenger.column.policy": ("Policy", "政策"),
    "challenger.column.until": ("Judged by", "检验于"),
    "challenger.column.strategic": ("Strategic", "战略客户"),
    "challenger.champion": ("in force", "现行"),
    "challenger.challenger": ("challenger", "挑战者"),
    "challenger.before": ("before it was registered", "登记之前"),
    "challenger.to_come": ("outcome still to come", "结果待观察"),
    "challenger.not_known": ("the next snapshot knows no outcomes", "下期快照无结果"),
    "challenger.score": (
        "Since it was registered {n} {n:pair of snapshots has|pairs of snapshots have} been judged.",
        "登记以来已检验 {n} 组快照。"),
    "challenger.wait": (
        "No snapshot has come since it was registered. What stands here of earlier ones shows it on data its author could "
        "have seen.",
        "登记以来尚无新快照。较早各期仅供参考：其作者可能已见过这些数据。"),
}
# fmt: on
