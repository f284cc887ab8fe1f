/** A first look at a weights file, so that the usual faults have a plain message instead of one from inside llama.cpp. */
import { open } from "node:fs/promises";
import { ENGINE_FAILED, EngineFault, MISSING } from "./faults.ts";

const SMALLEST_HEADER_BYTES = 24;

/** Throws `EngineFault`: `missing-model`, `not-gguf`. What a longer look would find (a truncated file) llama.cpp says itself. */
export async function checkModelFile(path: string): Promise<void> {
  const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") {
      throw new EngineFault(
        MISSING,
        "missing-model",
        `There is no model file ${path}. Bring one with "automem model add".`,
      );
    }
    throw new EngineFault(ENGINE_FAILED, "unreadable-model", `Cannot open model file ${path}: ${cause.message}`);
  });
  try {
    const header = Buffer.alloc(SMALLEST_HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, header.length, 0).catch((cause: Error) => {
      throw new EngineFault(ENGINE_FAILED, "unreadable-model", `Cannot read model file ${path}: ${cause.message}`);
    });
    if (bytesRead < header.length || header.toString("latin1", 0, 4) !== "GGUF") {
      throw new EngineFault(
        ENGINE_FAILED,
        "not-gguf",
        `${path} is not a GGUF file. Convert the model to GGUF or download it as such.`,
      );
    }
  } finally {
    await file.close();
  }
}
