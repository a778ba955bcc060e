"""Words of the Portfolios page: upload, questions, account, mapping, snapshots, inbox."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "portfolios.title": ("Which portfolio do you want to understand?", "想了解哪个资产组合？"),
    "portfolios.answer": (
        "Drop a file of customers or loans: CSV, Excel, Parquet, or a zip of these. It stays on this server.",
        "上传客户或贷款文件：CSV、Excel、Parquet，或其 zip 压缩包。文件只保存在本服务器。"),
    "portfolios.title_in": ("Your portfolio is in", "资产组合已导入"),
    "portfolios.title_not_yet": ("As it stands no row can be used", "目前没有可用的行"),
    "portfolios.title_nearly": ("Your portfolio is nearly in", "资产组合即将导入"),
    "portfolios.source": (
        "{file} · {rows} {rows:row|rows} read in {seconds} s",
        "{file} · {seconds} 秒内读取 {rows} 行"),

    "upload.choose": ("Choose a file", "选择文件"),
    "upload.choose_another": ("Choose another file", "选择其他文件"),
    "upload.hint": ("or drop it here; up to {limit} MB", "或拖放到此处，最大 {limit} MB"),
    "upload.cancel": ("Cancel", "取消"),
    "upload.progress": ("{share} % · {done} of {total} MB sent · about {left} left",
                        "{share}% · 已上传 {done} / {total} MB · 约剩 {left}"),
    "upload.sending": ("Sending the file", "正在上传文件"),
    "upload.arrived": ("The file is here; looking at it", "文件已上传，正在查看"),
    "upload.one_only": (
        "One file at a time. Put several parts of a portfolio into one zip.",
        "每次只能上传一个文件。若组合分为多个文件，请打包成一个 zip。"),
    "upload.empty": (
        "This file is empty. Choose one with a header and rows.",
        "文件为空，请选择含表头和数据行的文件。"),
    "upload.too_large": ("The file is larger than {limit} MB. Put it into the inbox folder instead.",
                         "文件超过 {limit} MB，请改为放入收件文件夹。"),
    "upload.no_room": (
        "There is no room left on the disk for this file. Nothing of it was kept. Free some room, then choose it again.",
        "磁盘空间不足，放不下此文件，未保留任何内容。请腾出空间后重新选择。",
    ),
    "upload.cut_short": (
        "The connection broke before the whole file was here. Nothing was kept; send it again.",
                         "文件未传完连接即中断，未保留任何内容，请重新上传。"),
    "upload.no_ticket": ("This page was open for too long. Choose the file once more.",
                         "页面停留时间过长，请重新选择文件。"),
    "upload.cancelled": ("Cancelled; nothing was kept.", "已取消，未保留任何内容。"),

    "question.customer.title": ("Who is the customer?", "以什么识别客户？"),
    "question.customer.subtitle": ("One row each, or several facilities", "一户一行，或一户多笔"),
    "question.customer.all_different": ("all different", "无重复"),
    "question.customer.repeats": ("{n} repeat", "{n} 个重复"),
    "question.customer.numbered": ("Number the rows: each is a customer", "按行编号：每行视为一户客户"),
    "question.exposure.title": ("Which amount is at risk?", "以哪个金额作为敞口？"),
    "question.exposure.subtitle": ("Used as exposure everywhere", "全系统以此作为敞口"),
    "question.exposure.sum": ("sum {amount}", "合计 {amount}"),
    "question.exposure.one_each": ("Count each customer as one", "每户客户计为 1"),
    "question.currency.title": ("Which currency?", "币种是什么？"),
    "question.currency.subtitle": ("Amounts are shown in it, never converted", "仅用于显示，不作汇率折算"),
    "question.currency.sign": ("The amounts are written with {sign}", "金额带有 {sign} 符号"),
    "question.currency.unknown": ("Leave it open", "暂不指定"),
    "question.accept": ("Take it in like this", "按此导入"),
    "question.looked_at": (
        "{file} · {rows} {rows:row|rows} looked at",
        "{file} · 已查看 {rows} 行"),
    "question.looked_at_first": (
        "{file} · the first {rows} rows looked at",
        "{file} · 已查看前 {rows} 行"),
    "reading.title": ("Does the text look wrong? Read the file differently", "文字显示有误？换一种方式读取"),
    "reading.member": ("File in the zip", "压缩包内的文件"),
    "reading.all_members": ("all that have this header", "表头相同的全部文件"),
    "reading.sheet": ("Sheet", "工作表"),
    "reading.encoding": ("Encoding", "编码"),
    "reading.separator": ("Cells are separated by", "分隔符"),
    "reading.comma": ("comma", "逗号"),
    "reading.semicolon": ("semicolon", "分号"),
    "reading.tab": ("tab", "制表符"),
    "reading.pipe": ("vertical bar", "竖线"),
    "reading.header_line": ("Row of the column names", "表头所在行"),
    "question.unsure.title": ("Is this right?", "这样识别对吗？"),
    "question.unsure.subtitle": (
        "Taken like this unless you change it", "如不修改即按此导入"),
    "question.units.title": ("Read in these units ({n})", "已识别的单位（{n}）"),
    "question.units.subtitle": (
        "Taken from the header or the values; change what is wrong",
        "取自表头或取值，如有误可修改"),
    "question.late.title": ("When is this known?", "何时可知？"),
    "question.late.subtitle": (
        "It sounds known only afterwards, and what is must not help a decision: it stays out of segments and models unless you "
        "say that it is known before",
        "听起来是事后才知道的信息，不得用于事前决策：除非您说明事前已知，否则不进入客群与模型"),
    "question.late": ("When is “{header}” known?", "“{header}”何时可知？"),
    "question.late.later": ("Only afterwards: keep it out", "事后才知：不使用"),
    "question.late.application": ("Before a decision: it may be used", "决策前已知：可以使用"),
    "question.doubt.thousands": (
        "“{header}” is small for the people employed. In which unit is it?",
        "“{header}”相对员工人数偏小，单位是什么？"),
    "question.doubt.years": (
        "“{header}” never exceeds 30. Months or years?",
        "“{header}”从不超过 30，是月还是年？"),
    "question.column": ("Is “{header}” what we call “{label}”?", "“{header}”就是“{label}”吗？"),
    "question.percent": (
        "“{header}” holds values above 1: read as percent?",
        "“{header}”含大于 1 的值，按百分数读取吗？"),
    "question.scale": (
        "“{header}” is read {scale}: right?",
        "“{header}”以 {scale} 为单位读取，对吗？"),

    "cell.yes": ("yes", "是"),
    "cell.no": ("no", "否"),
    "unit.1": ("as it stands", "原值"),
    "unit.0.01": ("in percent", "百分数"),
    "unit.12": ("in years", "年"),
    "unit.1000": ("in thousands", "千"),
    "unit.10000": ("in ten thousands (万)", "万"),
    "unit.100000": ("in lakh (100,000)", "十万"),
    "unit.1000000": ("in millions", "百万"),
    "unit.10000000": ("in crore (10 million)", "千万"),
    "unit.100000000": ("in hundred millions (亿)", "亿"),
    "unit.1000000000": ("in billions", "十亿"),
    "unit.other": ("times {scale}", "乘以 {scale}"),
    "unit.label": ("Unit of “{header}”", "“{header}”的单位"),

    "united.title": ("{rows} rows become {customers} customers", "{rows} 行合并为 {customers} 户客户"),
    "united.subtitle": (
        "Several rows have one customer; each column by its own rule. For example {customer}:",
        "同一客户有多行；各字段按各自规则合并。以 {customer} 为例："),
    "united.row": ("Row {n}", "第 {n} 行"),
    "united.result": ("Becomes", "合并后"),
    "united.rules": ("How every column is united", "各字段的合并规则"),
    "united.rule.sum": ("added up", "求和"),
    "united.rule.exposure_weighted_mean": ("mean, weighted by the amount at risk", "按敞口加权平均"),
    "united.rule.max": ("the highest", "取最大值"),
    "united.rule.min": ("the lowest", "取最小值"),
    "united.rule.any": ("yes when any row says so", "任一行为是则为是"),
    "united.rule.first": ("the first that is there", "取首个非空值"),
    "united.rule.last": ("the last that is there", "取末个非空值"),

    "mended.title": ("Rows set aside come back", "隔离行已修正返回"),
    "mended.answer": (
        "{n} {n:row|rows} set aside from “{name}”. Those that hold now join the ones that were in, in a new snapshot.",
        "“{name}”的 {n} 行隔离数据。现在有效的行将与原有行合并为新快照。"),
    "mended.take": ("Read them again", "重新读取"),
    "mended.from": ("Mended from an earlier snapshot, which stays as it was.", "由先前快照修正而来，原快照保持不变。"),

    "account.sentence": ("{read} {read:row|rows} read: {kept} in, {aside} set aside.",
                         "共读取 {read} 行：导入 {kept} 行，隔离 {aside} 行。"),
    "account.all_in": ("{read} {read:row|rows} read: all in.", "共读取 {read} 行，全部导入。"),
    "account.customers": ("They are {n} {n:customer|customers}.", "对应 {n} 户客户。"),
    "account.reasons": ("Set aside: {reasons}.", "隔离原因：{reasons}。"),
    "account.reason": ("{n} {reason}", "{n} 行{reason}"),
    "account.download": ("Download the {n}, mend them, bring them back", "下载这 {n} 行，修正后重新导入"),
    "account.same": (
        "This is the same content as “{name}”; nothing was added.",
        "内容与“{name}”相同，未重复导入。"),

    "mapping.show": ("Show the mapping ({mapped} of {total})", "查看字段映射（{mapped} / {total}）"),
    "mapping.change": ("Change a column", "修改字段"),
    "mapping.title": ("Which column is what?", "各字段分别是什么？"),
    "mapping.subtitle": (
        "Change what is wrong; the file is then read again",
        "可修改有误之处，随后重新读取文件"),
    "mapping.header": ("Column in the file", "文件字段"),
    "mapping.column": ("Taken as", "识别为"),
    "mapping.confidence": ("How sure", "把握"),
    "mapping.example": ("Example", "示例"),
    "mapping.extra": ("kept as an extra column", "保留为附加字段"),
    "mapping.scale": ("Multiplied by", "乘以"),
    "mapping.apply": ("Read again with these", "按此重新读取"),
    "mapping.reused": (
        "Mapped as “{file}” was ({person}, {date}): the same header. Change below what is wrong.",
        "沿用“{file}”的映射（{person}，{date}）：表头相同。如有误可在下方修改。"),
    "mapping.nearly": (
        "“{file}” ({person}, {date}) had nearly the same header: {share} of its names.",
        "“{file}”（{person}，{date}）的表头几乎相同：{share} 的字段一致。"),
    "mapping.use_saved": ("Map it like that one", "沿用该映射"),
    "mapping.unit": ("Unit", "单位"),

    "lets.title": ("What this lets you do", "可以开展的分析"),
    "lets.ready": ("ready", "就绪"),
    "lets.ready_defaults": ("ready ({n} {n:default|defaults})", "就绪（{n} 个违约）"),
    "lets.needs": ("needs {columns}", "还需{columns}"),
    "lets.needs_one_of": ("needs one of: {columns}", "还需其中之一：{columns}"),
    "lets.segments": ("Segments and value", "客群与价值评分"),
    "lets.loss": ("Tiers and expected loss", "客户分层与预期损失"),
    "lets.capital": ("Capital and RAROC", "资本与 RAROC"),
    "lets.scorecard": ("Scorecard from your own defaults", "基于自身违约数据的评分卡"),
    "lets.industry": ("Risk by industry", "按行业查看风险"),
    "lets.project": ("Project finance slotting", "项目融资监管映射"),

    "snapshots.title": ("Which portfolios are here?", "已有哪些资产组合？"),
    "snapshots.subtitle": (
        "A snapshot never changes; a new file makes a new one",
        "快照不可更改，导入新文件即生成新快照"),
    "snapshots.name": ("Name", "名称"),
    "snapshots.date": ("As of", "数据日期"),
    "snapshots.customers": ("Customers", "客户数"),
    "snapshots.source": ("From", "来源"),
    "snapshots.identity": ("Identity", "内容编号"),
    "snapshots.simulated": ("simulated", "模拟"),
    "snapshots.quality": ("How good is its data", "查看数据质量"),
    "snapshots.open": ("Look at this one", "查看此快照"),
    "snapshots.new_name": ("New name", "新名称"),
    "snapshots.delete_ask": ("Delete “{name}” with its {n} {n:customer|customers}? This can't be undone.",
                             "确定删除“{name}”及其 {n} 户客户？此操作不可撤销。"),
    "snapshots.empty": (
        "None yet. The first file you bring in stands here.",
        "暂无。首个导入的文件将显示在此。"),

    "inbox.title": ("What lies in the inbox?", "收件文件夹里有什么？"),
    "inbox.subtitle": (
        "For files too large for the browser: put them into {folder}",
        "大文件请放入 {folder}"),
    "inbox.empty": ("Nothing lies there now.", "目前没有文件。"),
    "inbox.file": ("{name} · {size}", "{name} · {size}"),
    "inbox.take": ("Take it in", "导入"),
}
# fmt: on
