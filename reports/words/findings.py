"""Words of what was noticed in a file, and why rows were set aside."""

from __future__ import annotations

# fmt: off
WORDS: dict[str, tuple[str, str]] = {
    "findings.title": ("What we noticed", "我们注意到"),
    "findings.subtitle": ("Worst first", "按影响排序"),
    "findings.none": ("Nothing that would change a figure.", "没有会影响结果的问题。"),

    "finding.mostly_zero": ("{label} is zero or blank in nearly every row: treated as absent",
                            "{label}几乎全为零或空：按缺失处理"),
    "finding.extra": (
        "{n} {n:column matches|columns match} nothing: kept as extra",
        "{n} 个字段未能匹配：保留为附加字段"),
    "finding.numbered": ("No customer number: the rows are numbered", "没有客户号：按行编号"),
    "finding.one_each": ("No amount: each customer counts as one", "没有金额：每户计为 1"),

    "finding.key": (
        "No customer number: “{header}” stands in, each row is one customer",
        "没有客户号：以“{header}”代替，每行视为一户客户"),
    "finding.unread": (
        "“{header}”: {n} {n:cell|cells} could not be read and stay blank, such as “{example}”",
        "“{header}”有 {n} 个单元格无法识别，留空，例如“{example}”"),
    "finding.united": (
        "{n} further {n:row was|rows were} added to customers already there",
        "另有 {n} 行并入已有客户"),

    "finding.day_month_unsure": (
        "“{header}”: whether day or month comes first can't be told in {n} {n:date|dates}; the month was taken first",
        "“{header}”有 {n} 个日期无法判断日和月的先后；已按月在前读取"),
    "finding.day_month_decided": (
        "“{header}”: dates such as 03/04/2024 were read with the {order} first, as the column's other dates show",
        "“{header}”中如 03/04/2024 的日期，已按该列其他日期所示，以{order}在前读取"),
    "finding.day_month_decided.several": (
        "Dates such as 03/04/2024 were read with the {order} first in {n} columns, as their other dates show: {headers}",
        "{n} 列中如 03/04/2024 的日期，已按各列其他日期所示，以{order}在前读取：{headers}"),
    "finding.two_digit_years.several": (
        "Years of two digits were read as {first} to {last} in {n} columns: {headers}",
        "{n} 列中的两位年份按 {first} 至 {last} 年读取：{headers}"),
    "finding.serial_dates.several": (
        "Five-digit numbers were read as days counted by a spreadsheet in {n} columns: {headers}",
        "{n} 列中的五位数字按电子表格的日期序号读取：{headers}"),
    "finding.and_more": ("{headers} and {n} more", "{headers} 等，另有 {n} 列"),
    "findings.more": ("{n} more in the quality report", "质量报告中另有 {n} 项"),
    "finding.order.day": ("day", "日"),
    "finding.order.month": ("month", "月"),
    "finding.two_digit_years": (
        "“{header}”: years of two digits were read as {first} to {last}",
        "“{header}”中的两位年份按 {first} 至 {last} 年读取"),
    "finding.serial_dates": (
        "“{header}”: five-digit numbers were read as days counted by a spreadsheet",
        "“{header}”中的五位数字按电子表格的日期序号读取"),
    "finding.members_left_out": (
        "{n} other {n:file|files} in the zip {n:was|were} not read: {names}",
        "压缩包内另有 {n} 个文件未读取：{names}"),
    "finding.sheets_left_out": (
        "Only the sheet “{header}” was read; {n} {n:other holds|others hold} data too: {names}",
        "仅读取了工作表“{header}”；另有 {n} 个工作表也有数据：{names}"),
    "finding.encoding_unsure": (
        "The text encoding is not beyond doubt: read as {encoding}",
        "无法完全确定文本编码：按 {encoding} 读取"),
    "finding.header_below": (
        "The column names stand in row {n}; the rows above it were taken as titles",
        "字段名位于第 {n} 行；其上各行视为标题"),
    "finding.misnamed": (
        "“{header}” is in fact a {format} file and was read as one",
        "“{header}”实际上是 {format} 文件，已按此读取"),

    "quarantine.blank_customer": ("without a customer number", "缺少客户号"),
    "quarantine.exposure_missing": ("without an exposure", "缺少敞口"),
    "quarantine.exposure_negative": ("with a negative exposure", "敞口为负"),
    "quarantine.exposure_not_finite": ("with an exposure that is no number", "敞口不是有效数字"),
    "quarantine.ragged": ("with too many or too few cells", "列数不符"),
    "quarantine.unreadable": ("unreadable", "无法读取"),
    "quarantine.too_long": ("with a cell that is too long", "单元格过长"),
    "quarantine.other": ("for another reason", "因其他原因隔离"),
}
# fmt: on
