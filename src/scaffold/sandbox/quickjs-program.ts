/**
 * The QuickJS program: read, metered and compiled once a process, and given a WebAssembly instance of its own for each session, so that
 * nothing a session does to its memory can reach another.
 */
import variant from "@jitl/quickjs-wasmfile-release-sync";
import wasmPath from "@jitl/quickjs-wasmfile-release-sync/wasm" with { type: "file" };
import {
  type EmscriptenModuleLoader,
  type EmscriptenModuleLoaderOptions,
  newQuickJSWASMModuleFromVariant,
  type QuickJSEmscriptenModule,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { ScaffoldError } from "../../core/errors.ts";
import { fuelExport, meterWasm, stackExport } from "./metered-wasm.ts";
import { withNativeText } from "./native-text.ts";

/** Pages of 64 KiB: what QuickJS starts with, and what an instance may grow to (64 MiB of heap, the stack and the tables). */
const memoryPages = { initial: 256, maximum: 1_200 };

export interface QuickJsInstance {
  module: QuickJSWASMModule;
  memory: WebAssembly.Memory;
  /** Units of work left; the program traps when it falls below zero. */
  fuel: { value: number };
  /** Address where the stack begins; it grows down from there, and the heap lies above. */
  stackTop: number;
}

type WasmImports = ConstructorParameters<typeof WebAssembly.Instance>[1];

let compiled: Promise<WebAssembly.Module> | undefined;

/** A fresh instance. The first call in a process takes about 100 ms, later ones a few. */
export async function openQuickJs(): Promise<QuickJsInstance> {
  compiled ??= compileProgram();
  const program = await compiled;
  const memory = new WebAssembly.Memory(memoryPages);
  let exports: Record<string, unknown> | undefined;
  const load = await emscriptenLoader();
  const loadWithNativeText = async (options: EmscriptenModuleLoaderOptions) =>
    withNativeText(await load(options), memory);
  const metered: QuickJSSyncVariant = {
    ...variant,
    importModuleLoader: async () => (options) =>
      loadWithNativeText({
        ...options,
        wasmMemory: memory,
        instantiateWasm(imports: WasmImports, onSuccess: (instance: WebAssembly.Instance) => void) {
          const instance = new WebAssembly.Instance(program, imports);
          exports = instance.exports as Record<string, unknown>;
          onSuccess(instance);
          return instance.exports;
        },
      }),
  };
  const module = await newQuickJSWASMModuleFromVariant(metered);
  const fuel = exports?.[fuelExport];
  const stack = exports?.[stackExport];
  if (!(fuel instanceof WebAssembly.Global) || !(stack instanceof WebAssembly.Global)) {
    throw new ScaffoldError("The sandbox program has no work counter. Install the release again.", {
      code: "bad-wasm",
    });
  }
  return { module, memory, fuel, stackTop: stack.value };
}

async function compileProgram(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(meterWasm(await Bun.file(wasmPath).bytes()));
}

async function emscriptenLoader(): Promise<EmscriptenModuleLoader<QuickJSEmscriptenModule>> {
  const loaded = await variant.importModuleLoader();
  return (typeof loaded === "function" ? loaded : loaded.default) as EmscriptenModuleLoader<QuickJSEmscriptenModule>;
}
