"""For trainers of LoRA adapters: datasets to token ids, bases from GGUF files, PEFT folders to GGUF, greedy replies, worker processes.

The TRL and LLaMA-Factory plugins use it. torch, transformers, peft and gguf are loaded only where they are needed, from the environment
that runs a worker; the SDK itself does not have them.
"""
