"""Names and numbers of people, kept out of everything that is written: which columns hold them, stand-ins, texts with them hidden.

Two stand-ins. `pseudonym` is keyed: equal texts are equal within a run, and without the key nobody can try a list of telephone
numbers against it. Files and reports, which have to be the same bytes in every run, number people in the order they appear
(`veiled`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = "***"

# Words of a header that name a person, or a number or address of one.
_WORDS = frozenset(
    """
    agent customer caller callee client consumer member buyer user recipient contactname fullname firstname lastname
    fname lname surname nickname username name phone mobile tel telephone cell cellphone msisdn ani dnis cli mail
    email address addr passport login operator advisor adviser employee rep representative seller staffname qq
    wechat whatsapp account nick ww uid staff
    """.split()  # noqa: SIM905
)
_PARTS = (
    *("姓名", "名字", "昵称", "手机", "电话", "号码", "主叫", "被叫", "来电号", "客户", "买家", "会员", "旺旺", "收货", "收件"),
    *("地址", "邮箱", "身份证", "客服", "座席", "坐席", "工号", "员工", "顾客", "用户", "联系人", "接待人", "订单号", "订单编号"),
    *("账号", "帐号", "微信", "接听人", "接线员", "话务员", "经办人", "负责人", "受理人", "处理人", "代表"),
)
# What belongs to a queue, a file or a system is no person; counts, shares and times of people are none either.
_NO_PERSON = frozenset(
    """
    queue skill group team split site channel type state status rate count counts number time times duration seconds
    avg average mean total sum percent pct contacts calls offered handled answered abandoned agents queues at start
    end wage cost
    """.split()  # noqa: SIM905
)
_NO_PERSON_ZH = re.compile(r"(人数|数量|数|率|时长|时间|量|次数|占比|状态|类型|技能组|队列|订单数|满意度)$")
_NUMBERS_OF_PEOPLE = frozenset(
    "phone mobile telephone tel cell customer caller member account cli ani passport login employee".split()  # noqa: SIM905
)

_TEXTS = (
    re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    # Citizens' numbers of China: 18 digits, the last may be X.
    re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"),
    # Telephone numbers: with a country code, of China's landlines and mobiles, of North America.
    re.compile(r"(?<![0-9A-Za-z.])(?!\d{4}-\d\d-\d\d(?!\d))(?:\+|00)\d[\d\-() ]{6,18}\d(?![0-9A-Za-z])"),
    re.compile(r"(?<![0-9A-Za-z.-])\(?0\d{2,3}\)?[- ]?\d{7,8}(?![0-9A-Za-z-])"),
    re.compile(r"(?<![0-9A-Za-z.-])1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z-])"),
    re.compile(r"(?<![0-9A-Za-z.-])(?:\(?\d{3}\)[-. ]?\d{3}[-. ]?|\d{3}[-. ]\d{3}[-. ])\d{4}(?![0-9A-Za-z-])"),
)
# A long run of digits is an order, an account or a telephone, unless it is a stamp.
_DIGITS = re.compile(r"(?<![0-9A-Za-z_.])\d{9,}(?![0-9A-Za-z_]|\.\d)")


def personal(header: str) -> bool:
    """Whether a column of this header holds names or numbers of customers or agents.

    >>> personal("买家昵称"), personal("Agent Name"), personal("接待人数"), personal("handle_time"), personal("Queue Name")
    (True, True, False, False, False)
    """
    text = unicodedata.normalize("NFKC", str(header)).strip()
    if any(part in text for part in _PARTS):
        return not _NO_PERSON_ZH.search(re.sub(r"[\W_]*(\(.*\))?$", "", text))
    words = {word.casefold() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)}
    if not words & _WORDS:
        return False
    left = words & _NO_PERSON
    return not left or (left == {"number"} and bool(words & _NUMBERS_OF_PEOPLE) and "of" not in words)


def pseudonym(text: str, *, key: bytes | None = None, prefix: str = "p") -> str:
    """A stable stand-in for a name or a number, 12 hexadecimal digits behind ``prefix``; empty stays empty.

    Parameters
    ----------
    key
        Up to 64 bytes. Without one, the key of this process: equal texts get equal stand-ins within a run, others in the next.
    """
    text = text.strip()
    if not text:
        return ""
    # Loaded when there is something to hide: a one-shot answer has nothing.
    import hashlib

    return prefix + hashlib.blake2b(text.encode(), digest_size=6, key=_key() if key is None else key).hexdigest()


@cache
def _key() -> bytes:
    import secrets

    return secrets.token_bytes(32)


def masked(text: str, *, instants: bool = False) -> str:
    """A text with telephone numbers, e-mail addresses, citizens' numbers and other long numbers hidden.

    Dates, short numbers and stamps such as 20270705103000 stay; seconds and milliseconds since 1970 look like telephone numbers and
    stay only with ``instants``, where the text is known to be of a column of times.

    >>> masked("call 13812345678 on 2027-07-05 about 240707123456789")
    'call *** on 2027-07-05 about ***'
    """
    for pattern in _TEXTS:
        text = pattern.sub(lambda found: found[0] if _is_instant(found[0], counted=instants) else HIDDEN, text)
    return _DIGITS.sub(lambda found: found[0] if _is_instant(found[0], counted=instants) else HIDDEN, text)


def _is_instant(digits: str, *, counted: bool) -> bool:
    """A stamp such as 20270705103000 or 202707051030, or where ``counted`` epoch seconds or milliseconds of 2001 to 2100."""
    if not digits.isdigit():
        return False
    if len(digits) in (12, 14):
        return bool(re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d([0-5]\d)?", digits))
    if not counted:
        return False
    return (len(digits) == 10 and "10" < digits < "4102444800") or (len(digits) == 13 and "10" < digits < "4102444800000")


def veiled(table: pd.DataFrame, keep: Collection[str] = ()) -> pd.DataFrame:
    """The table with people numbered and numbers of people hidden: the same bytes in every run.

    Texts in columns that hold people (`personal`) become ``person 1``, ``person 2`` in the order they appear; in other columns of
    text `masked` hides telephone numbers and the like. Numbers, instants and empty cells stay, and so do the columns to
    ``keep``. The table given is not changed.
    """
    import pandas as pd

    result = table.copy()
    for i, header in enumerate(table.columns):
        column = table.iloc[:, i]
        if header in keep:
            continue
        said = personal(str(header))
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            # A number of seven digits in a column of people is a telephone or an account.
            if not (said and pd.api.types.is_integer_dtype(column) and (column.abs() >= 1_000_000).any()):
                continue
        elif isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        codes, unique = pd.factorize(column)
        numbers: dict[object, str] = {}
        instants = str(header) in ("start", "end")
        shown = [_veiled(cell, numbers, said=said, instants=instants) for cell in unique]
        if said or any(new is not old for new, old in zip(shown, unique, strict=True)):
            cells = [shown[code] if code >= 0 else cell for code, cell in zip(codes, column, strict=True)]
            result.isetitem(i, pd.array(cells, dtype=object))
    return result


def _veiled(cell: object, numbers: dict[object, str], *, said: bool, instants: bool) -> object:
    if not said:
        hidden = masked(cell, instants=instants) if isinstance(cell, str) else cell
        return cell if hidden == cell else hidden
    if cell == "":
        return cell
    return numbers.setdefault(cell, f"person {len(numbers) + 1}")
