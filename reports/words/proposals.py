"""Words of the pages Proposals and Robustness."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "menu.proposals": ("Proposals", "政策建议"),
    "menu.robustness": ("Robustness", "稳健性"),

    "proposals.title": ("Which policy would the machine propose?", "系统会建议怎样的政策？"),
    "proposals.answer": (
        "Within your limits the best of {n} policies earns {profit} a year, {more} against the policy in force, "
        "and moves {moved} {moved:customer|customers}.",
        "在您的限额内，{n} 个政策中最优者每年盈利 {profit}，较现行政策 {more}，{moved} 户客户变更层级。"),
    "proposals.answer_same": (
        "Within your limits none of {n} policies earns more than the policy in force: {profit} a year.",
        "在您的限额内，{n} 个政策中没有比现行政策盈利更高的：每年 {profit}。"),
    "proposals.answer_none": (
        "None of {n} policies keeps all your limits.",
        "{n} 个政策中没有一个能满足全部限额。"),
    "proposals.answer_refused": ("There is nothing to search for yet.", "目前没有可搜索的内容。"),

    "proposals.limits_title": ("Within which limits?", "限额是多少？"),
    "proposals.limits_subtitle": (
        "For the whole portfolio, a year; an empty field is no limit",
        "针对整个组合，按年计；留空表示不设限"),
    "proposals.limit.expected_loss": ("Expected loss at most", "预期损失不超过"),
    "proposals.limit.capital": ("Capital at most", "资本占用不超过"),
    "proposals.limit.exposure": ("Exposure at most", "敞口不超过"),
    "proposals.limit.moved": ("Customers moved at most", "变更层级客户不超过"),
    "proposals.limit.today": ("In force today: {amount}", "现行：{amount}"),
    "proposals.limit.moved_help": (
        "Customers whose tier is another than under the policy in force.",
        "与现行政策相比层级不同的客户数。"),
    "proposals.treatments": (
        "Searched are both value lines and the two gates of mature firms. The gates of start-ups, growth firms and those of "
        "unknown age move along, as many rungs stricter or looser than mature ones as in your draft; what each tier gets "
        "stays as in your draft.",
        "搜索范围：两条价值分界线与成熟期企业的两道门槛。初创期、成长期及未知的门槛随之移动，与成熟期的差距保持草稿所设；各层级措施沿用草稿。"),

    "proposals.best_title": ("What would change?", "会有什么变化？"),
    "proposals.best_subtitle": (
        "Best policy within the limits; second line: change against the policy in force",
        "限额内的最优政策；第二行：较现行政策的变化"),
    "proposals.measure": ("Measure", "指标"),
    "proposals.today": ("In force", "现行"),
    "proposals.proposed": ("Proposed", "建议"),
    "proposals.nobody": ("It is what moves are counted against.", "变更以其为基准。"),
    "proposals.measure.profit": ("Risk-adjusted profit a year", "风险调整后年利润"),
    "proposals.measure.expected_loss": ("Expected loss a year", "年预期损失"),
    "proposals.measure.capital": ("Capital", "资本"),
    "proposals.measure.exposure": ("Exposure", "敞口"),
    "proposals.measure.moved": ("Customers moved", "变更层级客户"),
    "proposals.measure.strategic_step": ("Strategic from a value score of", "战略客户：价值评分不低于"),
    "proposals.measure.core_step": ("Core from a value score of", "核心客户：价值评分不低于"),
    "proposals.measure.strategic_gate": ("{lifecycle}: Strategic up to a PD of", "{lifecycle}：战略客户违约概率上限"),
    "proposals.measure.core_gate": ("{lifecycle}: Core up to a PD of", "{lifecycle}：核心客户违约概率上限"),
    "proposals.gates_all": ("All gates", "全部门槛"),
    "proposals.closed": ("Closed: nobody passes.", "关闭：无人通过。"),
    "proposals.ties": (
        "Found exactly, not estimated. Of equally good policies the one that moves fewest customers is taken, "
        "then the one with higher thresholds, then the one with stricter gates.",
        "结果为精确最优而非估计。若多个政策同样好，取变更客户最少者，其次分层线较高者，再次门槛较严者。"),
    "proposals.assumed": (
        "Profit rests on assumed treatments until your own figures replace them.",
        "在替换为实际值之前，利润依赖假设的差异化措施。"),
    "proposals.take": ("Take it as the draft", "采用为草稿"),
    "proposals.taken": ("The draft is now this policy. Nothing is in force until it is approved.", "草稿已更新。未经审批不生效。"),
    "proposals.is_draft": ("This is your draft now.", "即当前草稿。"),
    "proposals.to_tiers": ("See it on the Tiers page", "在客户分层页查看"),

    "binding.title": ("Which limit holds it back?", "哪个限额起约束作用？"),
    "binding.name.expected_loss": ("The limit on expected loss", "预期损失限额"),
    "binding.name.capital": ("The limit on capital", "资本限额"),
    "binding.name.exposure": ("The limit on exposure", "敞口限额"),
    "binding.name.moved": ("The limit on customers moved", "变更客户限额"),
    "binding.none": ("No limit is set: the best policy is free of any.", "未设限额：最优政策不受约束。"),
    "binding.all_free": ("None: without any of the limits the best policy would be the same.", "没有：取消任一限额，最优政策不变。"),
    "binding.head": ("Limit", "限额"),
    "binding.most": ("At most", "上限"),
    "binding.used": ("Used", "已用"),
    "binding.is": ("■ holds back", "■ 起约束作用"),
    "binding.gain": ("1 % more earns", "放宽 1% 的收益"),
    "binding.gain_help": (
        "Profit a year that the best policy earns in addition when this limit alone is 1 % higher. Policies lie on a "
        "grid, so it may take more than 1 % before anything better is allowed.",
        "仅将该限额提高 1% 时最优政策每年多得的利润。政策位于网格上，可能需放宽超过 1% 才有改进。"),
    "binding.sentence": (
        "{name} holds it back: 1 % more of it would earn {gain} a year.",
        "{name}起约束作用：放宽 1% 每年可多盈利 {gain}。"),
    "binding.sentence_nothing": (
        "{name} holds it back, but 1 % more of it would not yet allow a better policy.",
        "{name}起约束作用，但放宽 1% 尚不足以得到更好的政策。"),

    "unmet.title": ("Which limits can't be met?", "哪些限额无法满足？"),
    "unmet.alone": (
        "{name} at most {most} can't be met: the least that any policy reaches is {least}.",
        "{name}不超过 {most} 无法满足：任何政策最低为 {least}。"),
    "unmet.together": ("Each of these can be met, but not together:", "以下限额可单独满足，但不能同时满足："),
    "unmet.beside": (
        "{name} at most {most}: beside the others at least {beside} is needed.",
        "{name}不超过 {most}：在其余限额下至少需要 {beside}。"),
    "unmet.kept": ("Your draft and your limits are as they were.", "草稿与限额均保持不变。"),

    "frontier.title": ("How much profit does each amount of risk buy?", "每一份风险换来多少利润？"),
    "frontier.subtitle": (
        "Every point is the best policy for its risk, your other limits kept. Click one to take it as the draft.",
        "每个点是该风险水平下的最优政策（其余限额不变）。点击即采用为草稿。"),
    "frontier.along": ("Against", "对照"),
    "frontier.along.expected_loss": ("Expected loss", "预期损失"),
    "frontier.along.capital": ("Capital", "资本"),
    "frontier.axis.expected_loss": ("expected loss a year, {unit}", "年预期损失，{unit}"),
    "frontier.axis.capital": ("capital, {unit}", "资本，{unit}"),
    "frontier.axis_profit": ("profit a year, {unit}", "年利润，{unit}"),
    "frontier.today": ("in force", "现行"),
    "frontier.draft": ("draft", "草稿"),
    "frontier.best": ("best within limits", "限额内最优"),
    "frontier.limit": ("your limit", "您的限额"),
    "frontier.choose": ("Or choose a point here", "或在此选择"),
    "frontier.point": ("{risk} → profit {profit}, {moved} moved", "{risk} → 利润 {profit}，变更 {moved} 户"),
    "frontier.single": (
        "One policy is best at any risk: the most profitable one also has the least {measure}.",
        "单一政策在任何风险水平下都最优：盈利最高者{measure}也最低。"),
    "frontier.none": ("The limits can't be met, so there is no frontier.", "限额无法满足，因此没有有效前沿。"),
    "frontier.alt": (
        "{n} efficient policies: profit rises from {low} to {high}. The policy in force earns {today}.",
        "{n} 个有效政策：利润由 {low} 升至 {high}。现行政策为 {today}。"),
    "frontier.same": ("Strategic from", "战略客户起点"),
    "frontier.core": ("Core from", "核心客户起点"),

    "share.title": ("What if sizes decide?", "若按比例确定？"),
    "share.subtitle": ("The best by value are Strategic, the next ones Core", "按价值排序，前列为战略客户，其次为核心客户"),
    "share.strategic": ("Strategic, % of customers", "战略客户占比（%）"),
    "share.core": ("Core, % of customers", "核心客户占比（%）"),
    "breaks.title": ("Where do the scores fall apart by themselves?", "评分自然断点在哪里？"),
    "breaks.subtitle": (
        "Three classes, as alike inside as can be (Fisher–Jenks); they explain {share} of the differences in value",
        "三个类别，内部差异最小（Fisher–Jenks），解释价值差异的 {share}"),
    "sized.by_value": ("By value alone", "仅按价值"),
    "sized.after": ("After gates", "门槛后"),
    "sized.hint": (
        "Gates, watch flags and unknown data hold customers back whom their value would let in.",
        "风险门槛、关注标记与数据缺失会拦下价值达标的客户。"),
    "sized.line": ("From a score of", "评分起点"),
    "sized.snapped": ("Thresholds lie on half points of the score; of two as near the higher is taken.", "分层线取半分网格；同样接近时取较高者。"),

    "robust.title": ("How firmly does this policy stand?", "该政策有多稳健？"),
    "robust.answer": (
        "{near} {near:customer lies|customers lie} within one step of a line ({share}). Were every PD 10 % higher, "
        "{up} {up:customer|customers} would change tier; were it 10 % lower, {down}.",
        "{near} 户客户距分层线不到一档（{share}）。若违约概率整体上升 10%，{up} 户变更层级；下降 10%，{down} 户。"),
    "robust.cliff": (
        "More than {limit} of customers stand at a cliff: a small error in value or risk changes their tier. Consider "
        "exit margins, or lines where fewer customers stand.",
        "超过 {limit} 的客户处于临界：价值或风险的微小误差即会改变层级。可考虑设置退出缓冲，或选择客户较少的分层线。"),
    "nudge.title": ("Which line matters most?", "哪条线影响最大？"),
    "nudge.subtitle": (
        "Each line moved by one step, all else kept: half a point of value, one rung of risk. ▲ one step up, ▼ (hatched) "
        "one step down",
        "每条线移动一档，其余不变：价值半分，风险一级。▲ 上移一档，▼（斜纹）下移一档"),
    "nudge.by": ("Change of", "变化指标"),
    "nudge.up": ("one step up", "上移一档"),
    "nudge.down": ("one step down", "下移一档"),
    "nudge.line.strategic": ("Strategic threshold", "战略客户分层线"),
    "nudge.line.core": ("Core threshold", "核心客户分层线"),
    "nudge.gate": ("{tier} gate, {lifecycle}", "{tier}门槛（{lifecycle}）"),
    "nudge.nothing": ("No line changes this figure by one step.", "移动一档不会改变该指标。"),
    "nudge.alt": ("Largest: {line}, {step}, {amount}.", "最大：{line}，{step}，{amount}。"),
    "nudge.line": ("Line", "线"),
    "nudge.step": ("Step", "方向"),
    "shift.title": ("Whose tier hangs on the PD being right?", "谁的层级取决于违约概率的准确性？"),
    "shift.subtitle": (
        "Counted row by row; only the gates see it, the value score is kept",
        "逐户计数；仅影响风险门槛，价值评分不变"),
    "shift.if": ("If every PD were", "若违约概率整体"),
    "shift.lower": ("10 % lower", "下降 10%"),
    "shift.higher": ("10 % higher", "上升 10%"),
    "shift.flip": ("Change tier", "变更层级"),
    "shift.share": ("Share", "占比"),
    "shift.no_pd": ("No customer has a PD, so nothing can flip.", "没有客户具备违约概率，无从变更。"),
    "fair.title": ("Do the tiers treat groups alike?", "各群体的分层是否公平？"),
    "fair.subtitle": (
        "Share of each group, with 95 % intervals. Protected columns are read here only; they never enter price, tier "
        "or limit.",
        "各群体占比及 95% 置信区间。受保护字段仅在此处读取，不参与定价、分层或额度。"),
    "fair.by": ("Group by", "分组"),
    "fair.of": ("Share that is", "占比对象"),
    "fair.strategic": ("Strategic", "战略客户"),
    "fair.core": ("Core or better", "核心及以上"),
    "fair.protected": ("{name} (protected)", "{name}（受保护）"),
    "fair.customers": ("Customers", "客户数"),
    "fair.interval": ("{low} to {high}", "{low} 至 {high}"),
    "fair.all": ("all: {share}", "全部：{share}"),
    "fair.apart": (
        "{n} of {m} {m:group|groups} lie apart: their interval leaves out the share of all customers. Of twenty groups "
        "one does so by chance.",
        "{m} 个群体中有 {n} 个偏离：其区间不含全部客户的占比。每二十个群体约有一个属偶然。"),
    "fair.small": ("Grey: fewer than {n} customers, too few to say.", "灰色：不足 {n} 户，无法判断。"),
    "fair.left_out": ("{n} {n:customer|customers} of smaller groups are not shown.", "较小群体的 {n} 户未显示。"),
    "fair.none": (
        "The portfolio has no column to group by: no sex, age, industry, region or life cycle is known.",
        "组合中没有可分组的字段：性别、年龄、行业、地区与生命周期均未知。"),
    "fair.hidden": (
        "Protected columns are hidden from your roles.",
        "您的角色无权查看受保护字段。"),
    "fair.alt": (
        "Highest share: {name} with {share}; all customers: {all}.",
        "占比最高：{name}，{share}；全部客户：{all}。"),
    "fair.why": (
        "A difference is not yet unfairness: value and risk differ between groups too. It is a reason to look.",
        "差异未必意味着不公平：各群体的价值与风险本就不同，但值得关注。"),
}
# fmt: on
