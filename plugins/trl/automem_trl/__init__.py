"""LoRA supervised fine-tuning for automem with TRL, PEFT and accelerate. The heavy packages are loaded by `worker` only."""
