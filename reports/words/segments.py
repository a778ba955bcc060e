"""Words of the Segments page."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "segments.title": ("Who are our customers?", "我们的客户是谁？"),
    "segments.answer_largest": (
        "{k} groups describe this portfolio; the largest, {name}, holds {share} of exposure.",
        "该组合可分为 {k} 个客群，最大的“{name}”占敞口的 {share}。"),
    "segments.suggested": ("suggested {k}", "建议 {k}"),
    "segments.number": ("Number of segments", "客群数量"),
    "segments.number_help": (
        "More segments say more about fewer customers each. The suggestion is where groups stay the same "
        "when "
        "the data wobble.",
        "客群越多，每群客户越少、描述越细。建议值是数据小幅变动时分组仍保持稳定的数量。"),
    "segments.features": ("Features and weights ({n})", "特征与权重（{n}）"),
    "segments.features_help": (
        "What customers are compared by. Outcomes, protected traits and anything known only later can't be "
        "chosen.",
        "比较客户所用的特征。违约结果、受保护属性及事后才知的信息不可选。"),
    "segments.weight": ("Weight of {label}", "{label}的权重"),
    "segments.weight_help": (
        "0 leaves it out, 1 counts it once, 2 twice.",
        "0 为不使用，1 为一倍，2 为两倍。"),
    "segments.apply": ("Divide again", "重新划分"),
    "segments.fewer": ("There are fewer different customers than segments asked for: {k} is what they allow.",
                       "不同客户数少于所选客群数，最多可分 {k} 个。"),

    "map.title": ("How far apart are they?", "客群之间差异有多大？"),
    "map.subtitle": (
        "Each dot a customer ({n} shown); {share} of the variance",
        "每点一户客户（显示 {n} 户），解释方差 {share}"),
    "map.alt": ("Map of {n} customers in {k} segments; numbers mark the middles.",
                "{k} 个客群共 {n} 户客户的分布图，数字为各客群中心。"),
    "map.column.segment": ("Segment", "客群"),
    "map.column.across": ("Across", "横坐标"),
    "map.column.up": ("Up", "纵坐标"),

    "profile.title": ("What does each bring, and cost?", "各客群带来什么、成本几何？"),
    "profile.segment": ("Segment", "客群"),
    "profile.customers": ("Customers", "客户数"),
    "profile.share": ("Share of exposure", "敞口占比"),
    "profile.loss": ("Expected loss", "预期损失率"),
    "profile.roi": ("ROI", "ROI"),
    "profile.raroc": ("RAROC", "RAROC"),
    "profile.value": ("Value score", "价值评分"),
    "profile.choose": ("Segment", "选择客群"),
    "profile.too_small": ("too few customers to say", "客户过少，无法判断"),

    "exposure.title": ("How large is each?", "各客群规模如何？"),

    "why.choose_title": ("Why is this a segment?", "为什么是一个客群？"),
    "segments.features_label": ("Compare customers by", "比较客户所用的特征"),
    "why.title": ("{number} · {name}: why is this a segment?", "{number} · {name}：为什么是一个客群？"),
    "why.rule": ("“{rule}” finds {found} of them; {others} of 100 it finds are others",
                 "“{rule}”可找出其中 {found}；每找出 100 户有 {others} 户属于其他客群"),
    "why.against": ("{here} against {elsewhere}", "{here}，其余 {elsewhere}"),
    "why.subtitle": ("Where its customers differ most from all others", "与其他客户差异最大的特征"),
    "why.alt": ("Bars of the largest differences from other customers; first {name}.",
                "与其他客户差异最大的特征条形图，首位为{name}。"),
    "why.column.feature": ("Feature", "特征"),
    "why.column.difference": ("Difference, standard deviations", "差异（标准差）"),
    "why.column.here": ("Here", "本客群"),
    "why.column.elsewhere": ("Elsewhere", "其他客户"),

    "examples.title": ("Three of them", "三个实例"),
}
# fmt: on
