"""Words of the frame: menu, context bar, buttons, waiting, errors, empty pages."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "app.name": ("Stratum", "Stratum"),

    "menu.overview": ("Overview", "总览"),
    "menu.understand": ("Understand", "认识客户"),
    "menu.segments": ("Segments", "客群"),
    "menu.decide": ("Decide", "制定政策"),
    "menu.tiers": ("Tiers", "客户分层"),
    "menu.data": ("Data", "数据"),
    "menu.portfolios": ("Portfolios", "资产组合"),

    "bar.label": ("What these figures are", "当前口径"),
    "bar.snapshot": ("Snapshot", "数据快照"),
    "bar.customers": ("{n} {n:customer|customers}", "{n} 户客户"),
    "bar.policy": ("Policy", "分层政策"),
    "bar.draft": ("{name} (draft)", "{name}（草稿）"),
    "bar.in_force": ("in force", "现行"),
    "bar.built_in": ("built-in policy", "内置政策"),
    "bar.filter": ("Filter", "筛选"),
    "filter.everybody": ("everybody", "全部客户"),
    "filter.help": ("Which customers all pages speak of", "所有页面所针对的客户范围"),
    "filter.add": ("Narrow down by", "按字段筛选"),
    "filter.choose": ("Choose a column", "选择字段"),
    "filter.all": ("Everybody", "不限"),
    "filter.clear": ("Look at everybody again", "恢复全部客户"),
    "filter.level": ("{name} · {n} {n:customer|customers}", "{name} · {n} 户"),
    "filter.nobody": ("Nobody fits that filter, so everybody is shown again.", "没有客户符合该筛选条件，已恢复显示全部客户。"),
    "bar.unit": ("Unit", "单位"),
    "bar.unit_auto": ("{unit} (auto)", "{unit}（自动）"),
    "bar.no_currency": ("currency unknown", "币种未知"),
    "bar.language": ("Language", "语言"),
    "bar.no_snapshot": ("no portfolio yet", "尚无资产组合"),
    "bar.choose_snapshot": ("Which portfolio and date?", "查看哪个组合、哪个日期？"),
    "bar.as_of": ("as of {date}", "截至{date}"),

    "action.save": ("Save", "保存"),
    "action.cancel": ("Cancel", "取消"),
    "action.delete": ("Delete", "删除"),
    "action.rename": ("Rename", "重命名"),
    "action.back": ("Back", "返回"),
    "action.to_overview": ("See what it says", "查看结果"),
    "action.to_portfolios": ("Bring in a portfolio", "导入资产组合"),
    "action.to_tiers": ("Decide on the tiers", "制定客户分层"),

    "chart.table": ("Show the table", "查看数据表"),
    "chart.unknown": ("Unknown", "未知"),

    "work.opening": ("Opening the portfolio", "正在打开资产组合"),
    "work.reading": ("Reading the file: {done} of {total}", "正在读取文件：{done} / {total}"),
    "work.reading_rows": ("Reading: {rows} {rows:row|rows} so far", "正在读取：已读 {rows} 行"),
    "work.reading_left": ("Reading: {rows} {rows:row|rows} so far, about {left} left", "正在读取：已读 {rows} 行，约剩 {left}"),
    "work.keeping": ("All {rows} {rows:row|rows} are read; keeping and scoring the customers",
                     "{rows} 行已全部读完，正在保存客户并评分"),
    "work.seconds": ("{n} s", "{n} 秒"),
    "work.minutes": ("{n} min", "{n} 分钟"),
    "work.stop_reading": ("Cancel the import", "取消导入"),
    "work.stopping": ("Cancelling the import", "正在取消导入"),
    "work.stopped": ("The import was cancelled while its rows were read. Nothing of it was kept.",
                     "已在读取过程中取消导入，未保留任何内容。"),
    "work.mapping": ("Recognising the columns", "正在识别字段"),
    "work.saving": ("Keeping the snapshot", "正在保存快照"),
    "work.scoring": ("Scoring the customers", "正在计算客户评分"),
    "work.segmenting": ("Looking for segments", "正在划分客群"),
    "work.summing": ("Adding up the tiers", "正在汇总各层级"),
    "work.renewing": ("Being renewed; these are the last figures", "正在更新，当前显示上一次结果"),

    "error.title": ("This did not work.", "操作未完成。"),
    "role.manager": ("business manager", "业务经理"),
    "role.officer": ("risk officer", "风险管理人员"),
    "role.approver": ("approver", "审批人"),
    "role.admin": ("administrator", "管理员"),

    "empty.title": ("No portfolio yet", "尚无资产组合"),
    "empty.sentence": (
        "Bring in a file of customers or loans, and this page answers within seconds.",
        "导入一份客户或贷款文件，数秒内即可在此查看结果。"),
}
# fmt: on
