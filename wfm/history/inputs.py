"""Where the past comes from: a file, or a made-up shop."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from wfm.core.inputs import Inputs, assumed


def _optional(en: str, zh: str) -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": "", "origin": "assumed", "source": ""})


class HistoryInputs(Inputs):
    """Past contacts: ``{generate: shop}`` or ``{file: path}``."""

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
    file: str | None = _optional(
        "file with past contacts (csv, xlsx, ods, parquet), beside the scenario",
        "历史数据文件路径（csv、xlsx、ods、parquet，相对于方案文件）",
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

    @model_validator(mode="after")
    def _one_source(self) -> HistoryInputs:
        if (self.generate is None) == (self.file is None):
            raise ValueError("a history is either made up or read: write {generate: shop} or {file: path/to/file.csv}")
        return self
