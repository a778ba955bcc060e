"""Refusals of files in Chinese: each sentence as the code says it, and how the page says it.

The English sentence stands where it is raised and is what log and command line print. A value
in braces may have any name, as long as it has the same in both.
"""

from __future__ import annotations

# fmt: off
REFUSALS: dict[str, str] = {
    # what a file is, and what to do with it
    "the file is empty": "文件为空",
    "it holds nothing but NUL bytes: the copy failed": "文件内容全部为 NUL 字节：复制未成功",
    "this is {what}, not a table": "这是{what}，不是数据表",
    "this is {what} without a worksheet": "这是{what}，其中没有工作表",
    "binary content, not a table": "内容为二进制，不是数据表",
    "the workbook needs a password": "工作簿设有密码",
    "the zip needs a password": "zip 压缩包设有密码",
    "a PDF document": "一份 PDF 文档", "a picture (PNG)": "一张 PNG 图片", "a picture (JPEG)": "一张 JPEG 图片",
    "a picture (GIF)": "一张 GIF 图片", "an RTF document": "一份 RTF 文档", "a RAR archive": "一个 RAR 压缩包",
    "a 7-Zip archive": "一个 7-Zip 压缩包", "a bzip2 archive": "一个 bzip2 压缩包", "an xz archive": "一个 xz 压缩包",
    "a Zstandard archive": "一个 Zstandard 压缩包", "an encrypted Parquet file": "一个加密的 Parquet 文件",
    "an Arrow (Feather) file": "一个 Arrow（Feather）文件", "an ORC file": "一个 ORC 文件", "an Avro file": "一个 Avro 文件",
    "an SQLite database": "一个 SQLite 数据库", "an HDF5 file": "一个 HDF5 文件", "an SPSS file": "一个 SPSS 文件",
    "a Stata file": "一个 Stata 文件", "a Windows program": "一个 Windows 程序", "a program": "一个程序",
    "an XML document": "一份 XML 文档", "a web page": "一个网页", "a JSON document": "一份 JSON 文档",
    "a Word document": "一份 Word 文档", "a PowerPoint presentation": "一份 PowerPoint 演示文稿", "a Visio drawing": "一份 Visio 绘图",
    "an old Word document": "一份旧版 Word 文档", "an old PowerPoint file": "一份旧版 PowerPoint 文件",
    "an old Excel file, damaged or": "一份旧版 Excel 文件，可能已损坏，或",
    "Export it again.": "请重新导出。",
    "Copy it again.": "请重新复制。",
    "Send the table itself.": "请上传数据表本身。",
    "Export the table as CSV or XLSX instead of printing it.": "请将数据表导出为 CSV 或 XLSX，而不是打印成文档。",
    "Export the table as CSV or XLSX.": "请将数据表导出为 CSV 或 XLSX。",
    "Export the table as CSV or Parquet.": "请将数据表导出为 CSV 或 Parquet。",
    "Unpack it, or pack it as zip.": "请先解压，或改用 zip 压缩。",
    "Unpack it, or pack it as gzip or zip.": "请先解压，或改用 gzip 或 zip 压缩。",
    "Export it without encryption.": "请导出为不加密的文件。",
    "Export it as Parquet or CSV.": "请导出为 Parquet 或 CSV。",
    "Export it as CSV.": "请导出为 CSV。",
    "Open it in a spreadsheet program and save it as .xlsx or CSV.": "请用电子表格软件打开，另存为 .xlsx 或 CSV。",
    "Save it without a password, or as CSV.": "请去除密码后保存，或另存为 CSV。",
    "Save it again as .xlsx without a password, or as CSV.": "请重新保存为不带密码的 .xlsx，或另存为 CSV。",
    "Stratum reads CSV, Parquet, XLSX, XLS and ODS, also in gzip or zip.":
        "Stratum 可读取 CSV、Parquet、XLSX、XLS 和 ODS，也可为 gzip 或 zip 压缩。",

    # how it is packed
    "the packed file is damaged or cut short ({error})": "压缩文件损坏或不完整（{error}）",
    "the content is packed a second time, as zip": "压缩包内的内容又经过一次 zip 压缩",
    "{place} is packed a second time, as {inner}": "{place}又经过一次 {inner} 压缩",
    "the content": "内容",
    "“{member}” in the zip": "压缩包内的“{member}”",
    "the zip holds {files} files, at most {most} are taken": "压缩包内有 {files} 个文件，最多接受 {most} 个",
    "the zip holds no file": "压缩包内没有文件",
    "the zip has no “{member}”": "压缩包内没有“{member}”",
    "the zip holds a path that leads out of it, “{path}”": "压缩包内有指向包外的路径“{path}”",
    "the zip holds a link instead of a file, “{path}”": "压缩包内是链接而非文件：“{path}”",
    "“{member}” in the zip is empty": "压缩包内的“{member}”为空",
    "unpacks to more than {bytes} bytes": "解压后超过 {bytes} 字节",
    "unpacks to more than {times} times its size: no table does": "解压后超过原大小的 {times} 倍：数据表不会如此",
    "Send it again.": "请重新上传。",
    "Unpack it once, then send it.": "请先解压一层再上传。",
    "Unpack it first.": "请先解压。",
    "Pack the tables alone.": "请只压缩数据表。",
    "Pack the table into it again.": "请重新压缩数据表。",
    "It holds: {known}.": "其中有：{known}。",
    "Pack the tables again by a program you trust.": "请用可信的程序重新压缩数据表。",
    "Pack the file itself.": "请压缩文件本身。",
    "Export it again, or choose another member.": "请重新导出，或选择包内其他文件。",
    "Split the file, or raise the limit in the settings.": "请拆分文件，或在设置中提高上限。",
    "Send the table as it is, not packed.": "请直接上传数据表，不要压缩。",

    # its text, header and columns
    "there is no text encoding “{wanted}”": "没有名为“{wanted}”的文本编码",
    "Known are: {known}.": "可用：{known}。",
    "this line is UTF-8, most others are {encoding}": "此行为 UTF-8，其余多数为 {encoding}",
    "Save the file in one encoding, or name the encoding to read it with.": "请统一文件编码后保存，或指定读取所用的编码。",
    "“{wanted}” can't be a separator": "“{wanted}”不能作为分隔符",
    "Give one sign such as , ; | or one of: {names}.": "请给出一个符号，如 , ; |，或以下之一：{names}。",
    "a line is longer than {bytes} bytes": "有一行超过 {bytes} 字节",
    "Check that it is a table with one row a line.": "请确认文件是每行一条记录的数据表。",
    "no header": "没有表头",
    "Export the table with column names.": "请导出带字段名的数据表。",
    "Put the column names into one row above the data.": "请将字段名放在数据上方的同一行。",
    "Name another row as the header.": "请指定其他行作为表头。",
    "the first row holds only numbers, no column names": "首行只有数字，没有字段名",
    "two columns are named “{name}”, the {nth_first} and the {nth_second}":
        "第 {nth_first} 列与第 {nth_second} 列同名：“{name}”",
    "Give each column a name of its own.": "请为每个字段取不同的名称。",
    "{columns} columns, at most {most} are taken": "共 {columns} 个字段，最多接受 {most} 个",
    "Check the separator, or raise STRATUM_MAX_COLUMNS.": "请检查分隔符，或提高 STRATUM_MAX_COLUMNS。",
    "more than {rows} rows": "超过 {rows} 行",
    "Split the file, or raise STRATUM_MAX_ROWS.": "请拆分文件，或提高 STRATUM_MAX_ROWS。",
    "Split the file, or run cli.py run FILE --model MODEL.json --out DIR.":
        "请拆分文件，或运行 cli.py run FILE --model MODEL.json --out DIR。",
    "the Parquet file is damaged or cut short ({said})": "Parquet 文件损坏或不完整（{said}）",
    "its cells hold lists or records ({kind})": "单元格为列表或记录（{kind}）",
    "Leave the column out, or write each of its parts as a column of its own.": "请去掉该字段，或将其各部分分别写成单独的字段。",
    "its cells are {kind}, which is neither number, date, flag nor text": "单元格类型为 {kind}，不是数字、日期、是否或文本",
    "Leave the column out, or export it as text.": "请去掉该字段，或导出为文本。",
    "the sheet “{sheet}” is empty": "工作表“{sheet}”为空",
    "the workbook is empty": "工作簿为空",
    "Choose another sheet, or export it again.": "请选择其他工作表，或重新导出。",
    "the workbook has no sheet “{sheet}”": "工作簿中没有工作表“{sheet}”",
    "It has: {known}.": "其中有：{known}。",
    "reading it takes longer than {seconds} seconds": "读取耗时超过 {seconds} 秒",
    "reading it needs more than {size} MB of memory or breaks the spreadsheet reader":
        "读取所需内存超过 {size} MB，或导致表格读取程序出错",
    "the workbook is damaged or can't be read ({said})": "工作簿损坏或无法读取（{said}）",

    # its rows and its mapping
    "a header but no rows": "只有表头，没有数据行",
    "Export the rows too.": "请连同数据行一起导出。",
    "none of the {rows} rows can be used; {count} of them: {row_reason}":
        "{rows} 行均无法使用；其中 {count} 行：{row_reason}",
    "Check which column is the customer and which the amount at risk.": "请检查哪个字段是客户、哪个字段是敞口金额。",
    "the mapping does not name the column “{header}”": "映射中没有字段“{header}”",
    "Add it to the mapping, or map this file anew.": "请将其加入映射，或为此文件重新建立映射。",
    "the scale “{scale}” is no number above 0": "单位倍数“{scale}”不是大于 0 的数",
    "Give a number such as 1000.": "请给出数字，如 1000。",
    "“columns” is not a list": "“columns”不是列表",
    "Write one [[columns]] table a header.": "请为每个表头写一个 [[columns]] 表。",
    "entry {number} of “columns” is not a table": "“columns”的第 {number} 项不是表",
    "“{header}” has the scale “{scale}”, which is no number above 0": "“{header}”的单位倍数“{scale}”不是大于 0 的数",
    "“{header}” has the kind “{kind}”; known: {known}": "“{header}”的类型为“{kind}”；可用：{known}",
    "“{header}” goes to “{target}”, which the contract does not know": "“{header}”对应的“{target}”不在字段规范中",
    "“{name}” is filled by two headers": "“{name}”对应了两个表头",
    "“{name}” stands there twice": "“{name}”出现两次",
    "Mend the mapping file.": "请修正映射文件。",
    "not valid TOML ({error})": "不是有效的 TOML（{error}）",
    "Mend that line.": "请修正该行。",
    "{count} columns are not sure; first: {question}": "有 {count} 个字段不确定；第一个：{question}",
    "Answer by --mapping, or leave --strict out to take the best guess.": "请用 --mapping 回答，或去掉 --strict 采用最佳猜测。",

    # rows that come back mended
    "these are rows set aside, which belong to a portfolio in a warehouse": "这些是被隔离的行，属于数据仓库中的某个资产组合",
    "Bring them back with “cli.py ingest” or on the Portfolios page.": "请用“cli.py ingest”或在资产组合页面重新导入。",
    "these are rows set aside, but no portfolio here set them aside": "这些是被隔离的行，但并非由此处的资产组合隔离",
    "Bring them back where they were downloaded, or import the whole file.": "请在下载它们的系统中导入，或导入完整文件。",
    "these rows were set aside from several files that were not written alike": "这些行是从多个写法不同的文件中隔离的",
    "Mend them in their files, and import these again.": "请在各自的文件中修正，然后重新导入。",
    "line {line} was not set aside": "第 {line} 行并未被隔离",
    "a line stands there twice": "有一行出现两次",
    "Keep “file” and “line” as they were downloaded, each row once.": "请保持“file”和“line”与下载时一致，每行只出现一次。",
    "this portfolio was taken in before its single rows were kept": "导入该资产组合时尚未保存逐行数据",
    "Import the whole file again; its rows can then come back mended.": "请重新导入完整文件，之后其隔离行即可修正返回。",

    # what is kept here
    "this snapshot is not in the warehouse": "数据仓库中没有此快照",
    "Choose another, or import it again.": "请选择其他快照，或重新导入。",
    "rename": "重命名",
    "the name is blank": "名称为空",
    "Write a name.": "请填写名称。",
    "“{wanted}” is taken": "名称“{wanted}”已被使用",
    "Choose another name.": "请换一个名称。",
    "it could not be scored": "无法评分",
    "Import it again.": "请重新导入。",
    "this is no warehouse that can be opened ({error})": "这不是可以打开的数据仓库（{error}）",
    "Restore a backup, or choose another folder.": "请恢复备份，或选择其他文件夹。",
    "the warehouse has version {version}, this Stratum knows {newest}": "数据仓库为版本 {version}，此 Stratum 支持到 {newest}",
    "Use the newer Stratum that wrote it.": "请使用写入该仓库的较新版本 Stratum。",
    "nobody fits the filter": "没有客户符合筛选条件",
    "Take one of its conditions away.": "请去掉其中一个条件。",

    # whole sentences: the machine, the roles, columns asked for
    "No such column: {missing}. Known: {known}.": "没有此字段：{missing}。可用：{known}。",
    "The import was cancelled; nothing of it was kept.": "导入已取消，未保留任何内容。",
    "The simulation was cancelled; nothing of it was kept.": "模拟已取消，未保留任何内容。",
    "The warehouse {path} is open in another process, most likely the app. Close it, or put the file into the inbox "
    "folder: the app imports it from there.":
        "数据仓库 {path} 已被其他进程打开，很可能是本应用。请关闭它，或将文件放入收件文件夹，由应用导入。",
    "There is no room left on the disk. What was kept before is untouched; nothing half-done stays. Free some room or "
    "move STRATUM_HOME, then do it again.":
        "磁盘空间不足。此前保存的内容未受影响，未留下半成品。请腾出空间或更改 STRATUM_HOME 的位置后重试。",
    "There is no room left on the disk that holds {place}. What was kept before is untouched; nothing half-done stays. "
    "Free some room or move STRATUM_HOME, then do it again.":
        "{place} 所在磁盘空间不足。此前保存的内容未受影响，未留下半成品。请腾出空间或更改 STRATUM_HOME 的位置后重试。",
    "The memory limit of {limit} is used up. What was kept before is untouched; nothing half-done stays. Raise "
    "STRATUM_MEMORY_LIMIT, set STRATUM_THREADS=1, or split the file.":
        "内存已达上限 {limit}。此前保存的内容未受影响，未留下半成品。请提高 STRATUM_MEMORY_LIMIT、设置 STRATUM_THREADS=1，或拆分文件。",
    "The memory of this machine is used up. What was kept before is untouched; nothing half-done stays. Raise "
    "STRATUM_MEMORY_LIMIT, set STRATUM_THREADS=1, or split the file.":
        "本机内存已用尽。此前保存的内容未受影响，未留下半成品。请提高 STRATUM_MEMORY_LIMIT、设置 STRATUM_THREADS=1，或拆分文件。",
    "The engine closed the warehouse {place} after a fault of the machine. What was kept before is untouched. Check the "
    "disk, then start Stratum again.":
        "机器发生故障，引擎已关闭数据仓库 {place}。此前保存的内容未受影响。请检查磁盘后重新启动 Stratum。",
    "look": "查看", "import": "导入", "delete": "删除", "edit_policy": "修改政策", "edit_appetite": "修改风险偏好",
    "propose_overlay": "提出管理层调整", "approve_overlay": "审批管理层调整", "propose_policy": "提出政策",
    "approve_policy": "审批政策", "set_override": "人工调级", "fit_model": "拟合模型", "see_names": "查看客户名称",
    "To {action} one of these roles is needed: {roles}.": "执行“{action}”需要以下角色之一：{roles}。",
    "{person} wrote or proposed “{name}”. Somebody else has to approve it.": "“{name}”由 {person} 编写或提出，须由他人审批。",
    "{person} saved version {revision} of “{name}” after you opened it. Nothing was overwritten: compare both versions "
    "and choose field by field.":
        "您打开之后，{person} 保存了“{name}”的第 {revision} 版。未覆盖任何内容：请对比两个版本并逐项选择。",
}
# fmt: on
