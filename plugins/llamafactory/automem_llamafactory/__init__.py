"""LoRA supervised fine-tuning for automem by LLaMA-Factory, in the environment where that is installed."""
