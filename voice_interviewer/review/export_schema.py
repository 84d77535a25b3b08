"""The JSON Schema of a report, made from the dataclasses it consists of.

python -m voice_interviewer.review.export_schema docs/report-schema.json
"""

import json
import sys
from pathlib import Path

from voice_interviewer.review.model import SCHEMA_VERSION, Report


def report_schema() -> str:
    """The schema of report.json and of an exported session, as JSON text (draft 2020-12)."""
    from pydantic import TypeAdapter

    made = TypeAdapter(Report).json_schema(mode="serialization")
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Report of one session, version {SCHEMA_VERSION}",
    }
    return json.dumps({**made, **about}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(report_schema(), encoding="utf-8", newline="\n")
