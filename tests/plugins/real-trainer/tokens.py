"""The trainer's tokens of a dataset: `tokens.py BASE CACHE DATASET`, a JSON object a line, `{ids, learnt}`."""

import json
import sys
from pathlib import Path

from automem_sdk.lora.base import open_base
from automem_sdk.lora.dataset import read_examples, tokens_of
from transformers import AutoTokenizer

source, cache, dataset = (Path(each) for each in sys.argv[1:])
base = open_base(source, cache)
tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True)
for example in read_examples(dataset):
    ids, mask = tokens_of(example, tokenizer, base.begin)
    print(json.dumps({"ids": ids, "learnt": [token for token, learnt in zip(ids, mask, strict=True) if learnt]}))
