"""Reads what automem exported with the programs it is for (inspect_ai, pyarrow) and prints what they see as JSON."""

import json
import sys
from collections import Counter

import pyarrow.csv
import pyarrow.parquet
from inspect_ai.log import read_eval_log, read_eval_log_sample, read_eval_log_sample_summaries


def table(path):
    read = pyarrow.parquet.read_table if path.endswith(".parquet") else pyarrow.csv.read_csv
    content = read(path)
    return {
        "columns": content.schema.names,
        "types": [str(field.type) for field in content.schema],
        "rows": [{name: row[name] for name in ("episode", "seed")} for row in content.to_pylist()],
        "scores": content.column("score").to_pylist() if "score" in content.schema.names else None,
    }


def sample(log, name):
    found = read_eval_log_sample(log, name)
    models = [event for event in found.events if event.event == "model"]
    return {
        "score": found.scores["progression"].value if found.scores else None,
        "error": found.error.message if found.error else None,
        "events": Counter(event.event for event in found.events),
        "functions": Counter(event.function for event in found.events if event.event == "tool"),
        "inputs": [[message.text for message in event.input] for event in models],
        "outputs": [event.output.completion for event in models],
        "roles": Counter(message.role for message in found.messages),
        "memory": found.store["memory"],
    }


def main():
    log, tables = sys.argv[1], sys.argv[2:]
    whole = read_eval_log(log)
    header = read_eval_log(log, header_only=True)
    seen = {
        "status": whole.status,
        "error": whole.error.message if whole.error else None,
        "task": header.eval.task,
        "model": header.eval.model,
        "mean": header.results.scores[0].metrics["mean"].value,
        "unscored": header.results.scores[0].unscored_samples,
        "samples": {item.id: sample(log, item.id) for item in whole.samples},
        "summaries": [[item.id, item.completed] for item in read_eval_log_sample_summaries(log)],
        "tables": {path: table(path) for path in tables},
    }
    json.dump(seen, sys.stdout)


main()
