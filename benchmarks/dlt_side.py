"""The same sync with dlt's `rest_api` source; runs in a venv of its own (`make bench` makes it).

Arguments: base URL of the ticket server, destination (a SQLAlchemy URL).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt  # after its switches
from dlt.sources.rest_api import rest_api_source

if __name__ == "__main__":
    base_url, url = sys.argv[1:3]
    is_postgres = url.startswith("postgresql")
    where = dlt.destinations.postgres if is_postgres else dlt.destinations.sqlalchemy
    source = rest_api_source(
        {
            "client": {"base_url": base_url, "paginator": "header_link"},
            "resources": [
                {
                    "name": "tickets",
                    "primary_key": "id",
                    "write_disposition": "merge",
                    "endpoint": {"path": "tickets", "params": {"page": 1, "pageSize": 1000}},
                }
            ],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench", destination=where(credentials=url), dataset_name="bench", pipelines_dir=folder
        )
        began, busy = time.perf_counter(), time.process_time()
        pipeline.run(source)
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
        rows = pipeline.last_trace.last_normalize_info.row_counts["tickets"]
    print(json.dumps({"seconds": seconds, "cpu": cpu, "rows": rows, "version": dlt.__version__}))
