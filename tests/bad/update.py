"""``uv run python -m tests.bad.update``: write down what every broken file is told now. Read the difference before keeping it."""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.bad.corpus import CASES, MESSAGES, refused

HEAD = """\
# What each broken file is told, in English and in Chinese, exactly. Written by `uv run python -m tests.bad.update`; every line has
# been read and found good by somebody: it names file, line, key and value, and the way out.
"""


def main(only: str = "") -> None:
    parts = [HEAD]
    for case in CASES:
        if only not in case.name:
            continue
        parts.append(f"\n[{json.dumps(case.name)}]\n")
        for language in ("en", "zh"):
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                try:
                    ended = refused(case, Path(folder), language)
                except Exception as error:  # a leak is told, and the others go on
                    print(f"{case.name}: leaks {error!r}", file=sys.stderr)
                    continue
                took = time.perf_counter() - began
            lines = ended.err.splitlines()
            if ended.code != 2 or ended.out or not lines:
                print(f"{case.name}: ended with {ended.code}, {ended.out!r}, {ended.err!r}", file=sys.stderr)
            if took > 1:
                print(f"{case.name}: {took:.1f} s", file=sys.stderr)
            parts.append(f"{language} = [\n" + "".join(f"  {json.dumps(line, ensure_ascii=False)},\n" for line in lines) + "]\n")
    if only:
        print("".join(parts))
    else:
        MESSAGES.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
