/**
 * A made-up llama of two layers as a folder that transformers loads, for checks of trainers: random weights, a tokenizer of bytes, a chat
 * template. 60 kB; the same bytes every time. Format of the weights: safetensors (8 bytes of length, a JSON header, the tensors).
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const hidden = 16;
const inner = 32;
const layers = 2;
const heads = 2;
const special = ["<|im_start|>", "<|im_end|>"];
const vocabulary = [...special, ...byteAlphabet()];

const template =
  "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/** Writes the model into `folder`, which is made. */
export async function writeTinyModel(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: vocabulary.length,
    hidden_size: hidden,
    intermediate_size: inner,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: false,
    bos_token_id: 0,
    eos_token_id: 1,
    dtype: "float32",
  };
  const tokenizerConfig = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: special[0],
    eos_token: special[1],
    pad_token: special[1],
    model_max_length: 512,
    chat_template: template,
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config, null, 1));
  await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(tokenizerConfig, null, 1));
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer()));
  await writeFile(join(folder, "model.safetensors"), weights());
}

function tokenizer(): object {
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const added = special.map((content, id) => ({
    ...{ id, content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: true },
  }));
  return {
    ...{ version: "1.0", truncation: null, padding: null, added_tokens: added, normalizer: null },
    ...{ pre_tokenizer: bytes, post_processor: null, decoder: bytes },
    model: { type: "BPE", vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])), merges: [] },
  };
}

/** GPT-2's 256 characters for the 256 bytes: those that can be printed stand for themselves, the others move above 255. */
function byteAlphabet(): string[] {
  let moved = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printed = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printed ? byte : moved++);
  });
}

function weights(): Uint8Array {
  const shapes: Record<string, number[]> = {
    "model.embed_tokens.weight": [vocabulary.length, hidden],
    "model.norm.weight": [hidden],
    "lm_head.weight": [vocabulary.length, hidden],
  };
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    for (const part of ["q", "k", "v", "o"]) shapes[`${prefix}self_attn.${part}_proj.weight`] = [hidden, hidden];
    for (const part of ["gate", "up"]) shapes[`${prefix}mlp.${part}_proj.weight`] = [inner, hidden];
    shapes[`${prefix}mlp.down_proj.weight`] = [hidden, inner];
    for (const part of ["input", "post_attention"]) shapes[`${prefix}${part}_layernorm.weight`] = [hidden];
  }
  const header: Record<string, object> = { __metadata__: { format: "pt" } };
  const numbers: number[] = [];
  const random = smallNumbers();
  for (const [name, shape] of Object.entries(shapes)) {
    const start = numbers.length * 4;
    const size = shape.reduce((product, length) => product * length, 1);
    // A norm starts at 1, as it does in training.
    for (let index = 0; index < size; index++) numbers.push(shape.length === 1 ? 1 : random());
    header[name] = { dtype: "F32", shape, data_offsets: [start, numbers.length * 4] };
  }
  const text = JSON.stringify(header);
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const file = new Uint8Array(8 + head.length + numbers.length * 4);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  for (const [index, number] of numbers.entries()) view.setFloat32(8 + head.length + index * 4, number, true);
  return file;
}

/** Even in [-0.2, 0.2), from a linear congruential generator (Numerical Recipes' constants). */
function smallNumbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.4;
  };
}
