/** The rule that an adapter's path carries its content hash, so that other weights never lie under the same path. */
import type { AdapterFiles } from "../../core/adapter-loader.ts";
import { ConfigError } from "../../core/errors.ts";

/** Throws `ConfigError` `bad-adapter-path`. */
export function checkAdapterPath({ hash, path }: AdapterFiles): void {
  if (path.includes(hash)) return;
  throw new ConfigError(
    `Adapter ${hash.slice(0, 12)} lies at ${path}, which does not carry its hash: other weights could have lain there before, and servers answer from what they kept of them. Move it to a folder named ${hash}.`,
    { code: "bad-adapter-path", data: { hash, path } },
  );
}
