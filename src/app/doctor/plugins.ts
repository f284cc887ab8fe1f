/** Are the installed plugins whole, checked, of this automem, and do they start? */
import { type CheckLine, failLine, okLine, warnLine } from "../../core/check-line.ts";
import { AutomemError } from "../../core/errors.ts";
import { type Certificate, failuresOf, readCertificate } from "../../plugins/certificate.ts";
import { hashFiles, readPluginFolder } from "../../plugins/content-hash.ts";
import { openGame } from "../../plugins/open.ts";
import type { InstalledPlugin } from "../../plugins/registry.ts";
import { type App, firstPartyPlugins } from "../app.ts";

export interface PluginFacts {
  name: string;
  version: string;
  kind: string;
  automemVersion: string;
  /** `linux-x64`, of this machine. */
  platform: string;
  /** The installed source is still what was installed. */
  unchanged: boolean;
  /** This automem comes with another source of the same plugin. */
  otherShipped: boolean;
  certificate?: Certificate | undefined;
  /** Games only: it answered the first call, and whether its clock stands still; or why it did not start. */
  started?: { clockFrozen: boolean | null } | { fault: string } | undefined;
  /** It asks for a frozen clock. */
  wantsFrozenClock: boolean;
}

/** Starts each game once; engines are started with a model, elsewhere. */
export async function pluginLines(app: App, onStep: (step: string) => void): Promise<CheckLine[]> {
  const { plugins, broken } = await app.registry.list();
  const lines = broken.map(({ name, problem }) => failLine(`plugin ${name}`, "broken", problem));
  if (plugins.length + broken.length === 0) {
    return [warnLine("plugins", "none", "There is nothing to play. Bring a game: automem plugin add crafter")];
  }
  for (const plugin of plugins) {
    onStep(`plugin ${plugin.manifest.name}`);
    lines.push(...judgePlugin(await gatherFacts(app, plugin)));
  }
  return lines;
}

/** One line, and one more for a clock that runs on where it should stand still. Pure. */
export function judgePlugin(facts: PluginFacts): CheckLine[] {
  const { name, version, certificate, started } = facts;
  const line = `plugin ${name}`;
  const again = `Install it again: automem plugin add ${name} --force`;
  const verify = `Check it: automem plugin verify ${name}`;
  if (!facts.unchanged) return [failLine(line, "its source was changed after it was installed", again)];
  if (started !== undefined && "fault" in started)
    return [failLine(line, "does not start", `${started.fault} ${again}`)];
  const lines = [certificateLine(line, facts, verify)];
  if (facts.otherShipped && lines[0]?.status === "ok") {
    lines[0] = warnLine(line, `${version}, not the one that this automem comes with`, again);
  }
  const frozen = started?.clockFrozen ?? certificate?.determinism?.clockFrozen;
  if (facts.wantsFrozenClock && frozen === false) {
    const cost =
      "The game reads the date: two equal runs on different days differ. It is frozen on Linux x64 with libfaketime.";
    lines.push(warnLine(`${line} clock`, "runs on", cost));
  } else if (facts.wantsFrozenClock && frozen === true) lines.push(okLine(`${line} clock`, "frozen"));
  return lines;
}

function certificateLine(line: string, facts: PluginFacts, verify: string): CheckLine {
  const { version, certificate } = facts;
  if (certificate === undefined) return warnLine(line, `${version}, never checked as it is now`, verify);
  if (!certificate.passed) {
    const failures = failuresOf(certificate);
    return failLine(line, `${version}, failed its checks`, `${failures.slice(0, 3).join("; ")}. ${verify}`);
  }
  if (certificate.automemVersion !== facts.automemVersion) {
    return warnLine(line, `${version}, checked by automem ${certificate.automemVersion}`, verify);
  }
  if (certificate.platform !== facts.platform) {
    return warnLine(line, `${version}, checked on ${certificate.platform}`, verify);
  }
  return okLine(line, `${facts.kind} ${version}, checked ${certificate.date.slice(0, 10)}`);
}

async function gatherFacts(app: App, plugin: InstalledPlugin): Promise<PluginFacts> {
  const { manifest, record, paths } = plugin;
  const files = await readPluginFolder(paths.source).catch((fault: unknown) => {
    if (fault instanceof AutomemError) return undefined;
    throw fault;
  });
  const shipped = record.origin === manifest.name ? await (await firstPartyPlugins()).read(manifest.name) : undefined;
  return {
    name: manifest.name,
    version: manifest.version,
    kind: manifest.kind,
    automemVersion: app.version,
    platform: `${process.platform}-${process.arch}`,
    unchanged: files !== undefined && hashFiles(files) === record.contentHash,
    otherShipped: shipped !== undefined && hashFiles(shipped) !== record.contentHash,
    certificate: await readCertificate(paths.certificate, record.contentHash),
    started: manifest.kind === "game" ? await startGame(app, manifest.name) : undefined,
    wantsFrozenClock: manifest.entry.runtime === "python" && manifest.entry.freezeClock !== undefined,
  };
}

async function startGame(app: App, name: string): Promise<PluginFacts["started"]> {
  try {
    const game = await openGame(app.registry, name, { automemVersion: app.version, environment: app.environment });
    const { clockFrozen } = game.ready.determinism;
    await game.close();
    return { clockFrozen };
  } catch (fault) {
    if (!(fault instanceof AutomemError)) throw fault;
    return { fault: fault.message };
  }
}
