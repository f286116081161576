"""Where the past comes from: a file, a database, or a made-up shop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from wfm.core.errors import BadValueError, InputError, Phrase, Problem
from wfm.core.inputs import Inputs, assumed, required

if TYPE_CHECKING:
    from wfm.history.sources import Query


def _optional(en: str, zh: str) -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": "", "origin": "assumed", "source": ""})


#: One file or a list of them; the tags keep errors at the key, or at the entry of the list.
Files = Annotated[
    Annotated[str, Tag("One")] | Annotated[list[str], Field(min_length=1), Tag("Many")],
    Discriminator(lambda value: "Many" if isinstance(value, list | tuple) else "One"),
]


class Database(Inputs):
    """Rows of a database: one query that only reads."""

    url: str = required(
        "URL of the database as SQLAlchemy writes it; sqlite:///calls.db is a file beside the scenario",
        "数据库地址，可为方案文件旁的数据库文件",
    )
    query: str = required("one SELECT; its columns are read like those of a file", "一条只读的查询语句；其列按文件的列读取")


class HistoryInputs(Inputs):
    """Past contacts: ``{generate: shop}``, ``{file: path}`` or ``{sql: {url: ..., query: ...}}``."""

    generate: Literal["shop"] | None = _optional(
        "make up a past from the shop's numbers; labelled synthetic", "按店铺参数生成模拟历史（标注为合成数据）"
    )
    weeks: int = Field(
        52,
        ge=2,
        le=260,
        description="weeks of made-up past before the plan",
        json_schema_extra={"zh": "生成历史的周数", "unit": "weeks", "origin": "assumed", "source": ""},
    )
    file: Files | None = _optional(
        "file with past contacts, beside the scenario: csv, xlsx, xls, ods or parquet; `-` for text on stdin; or a list of files, "
        "e.g. a month each",
        "历史数据文件（表格或文本，相对于方案文件）；- 表示标准输入；也可写多个文件，如每月一个",
    )
    sheet: str | None = _optional(
        "sheet of a workbook; without it the first that holds a table", "工作表名称；不写则取第一个含表格的工作表"
    )
    sql: Database | None = _optional("rows of a database instead of a file", "不读文件而读数据库：地址与一条查询语句")
    export: str | None = _optional(
        "which system's export the file is; without it the headers tell", "文件由哪个系统导出；不写则按表头识别"
    )
    queue: str | None = _optional(
        "the queue to plan for, where the file has several; `all` for their sum", "文件含多个队列时要排班的队列；all 表示合计"
    )
    columns: dict[str, str] | None = _optional(
        "what the file calls its columns, e.g. {start: 时间, offered: 来电量}",
        "文件中的列名对照，如 {start: 时间, offered: 来电量}",
    )
    absent: Literal["unknown", "zero"] = assumed(
        "unknown",
        "what an interval without a row means: unknown, or zero where the export leaves empty intervals out",
        "缺失的时段表示什么：unknown 未知；zero 无来电（导出时省略了空时段）",
    )
    date_order: Literal["ymd", "dmy", "mdy"] | None = _optional(
        "order of day, month and year in dates like 05/07/2027 where the file itself does not tell",
        "05/07/2027 这类日期的日、月、年顺序，文件本身无法判断时填写",
    )
    duplicates: Literal["first", "last", "sum"] | None = _optional(
        "which of two rows of one queue and interval counts where they differ: first, last or sum; without it they are refused",
        "同一队列同一时段有两行不同数据时取哪一行：第一行、最后一行或两行之和；不写则拒绝",
    )

    @model_validator(mode="after")
    def _one_source(self) -> HistoryInputs:
        if sum(source is not None for source in (self.generate, self.file, self.sql)) != 1:
            message = "a history is either made up or read"
            way_out = "Write one of {generate: shop}, {file: path/to/file.csv} and {sql: {url: ..., query: ...}}"
            raise BadValueError(message, way_out)
        return self

    @property
    def reads(self) -> bool:
        """Whether there is a real past to read, not one made up."""
        return self.generate is None

    def source(self, folder: Path) -> str | Path | Query | list[str | Path]:
        """What `wfm.history.read_history` reads; paths start at ``folder``.

        Raises
        ------
        InputError
            Files that are not there, each at its key.
        """
        from wfm.history.sources import Query

        if self.sql is not None:
            return Query(self.sql.url, self.sql.query, folder)
        if isinstance(self.file, list):
            keys = [f"demand.history.file.{i}" for i in range(len(self.file))]
            absent = [problem for name, key in zip(self.file, keys, strict=True) for problem in missing(name, folder, key)]
        else:
            absent = missing(str(self.file), folder, "demand.history.file")
        if absent:
            raise InputError(*absent)
        if isinstance(self.file, list):
            return [name if name == "-" else folder / name for name in self.file]
        return "-" if self.file == "-" else folder / str(self.file)


def missing(name: str, folder: Path, key: str) -> list[Problem]:
    """A problem at the scenario's ``key`` where the file it names is not there."""
    if name == "-" or (folder / name).exists():
        return []
    values = {"reason": Phrase("No such file or directory")}
    return [Problem("cannot be read: {reason}", key, name, "Paths are read from the scenario's folder", values=values)]
