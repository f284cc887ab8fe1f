/** `automem doctor`: looks at the whole installation and changes nothing. */
import { type CheckLine, okLine } from "../../core/check-line.ts";
import type { App } from "../app.ts";
import { homeLines } from "./home.ts";
import { modelLines } from "./models.ts";
import { pluginLines } from "./plugins.ts";
import { programLines } from "./programs.ts";

export interface DoctorOptions {
  /** Reads every model's weights to compare hashes. */
  deep: boolean;
  signal: AbortSignal;
  onStep?: ((step: string) => void) | undefined;
}

/** Healthy if no line is a fail. */
export async function examine(app: App, options: DoctorOptions): Promise<CheckLine[]> {
  const { deep, signal } = options;
  const onStep = (step: string) => {
    signal.throwIfAborted();
    options.onStep?.(step);
  };
  const lines = [okLine("automem", `${app.version} on ${process.platform}-${process.arch}, Bun ${Bun.version}`)];
  onStep("home");
  lines.push(...(await homeLines(app)));
  onStep("programs");
  lines.push(...(await programLines(app)));
  lines.push(...(await pluginLines(app, onStep)));
  lines.push(...(await modelLines(app, { deep, signal, onStep })));
  return lines;
}
