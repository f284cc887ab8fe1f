import { expect, test } from "bun:test";
import { join } from "node:path";
import { installerEnvironment, pluginEnvironment, uvEnvironment } from "../../src/plugins/host-environment.ts";
import { launchOf } from "../../src/plugins/launch.ts";
import { parseManifest } from "../../src/plugins/manifest.ts";
import { PluginRegistry } from "../../src/plugins/registry.ts";

const paths = new PluginRegistry("/home/a").pathsOf("my-game", "b1");
const manifest = (entry: object) =>
  parseManifest(
    JSON.stringify({
      schema: "automem.plugin/1",
      name: "my-game",
      kind: "game",
      version: "1.0.0",
      protocolVersion: 1,
      title: "T",
      description: "D",
      licence: "MIT",
      entry,
    }),
    "plugin.json",
  );

test("a Python plugin is started by its own interpreter through the SDK, with a fixed hash seed and time zone", () => {
  const entry = { runtime: "python", python: ">=3.11", target: "my_game:MyGame", freezeClock: "2025-11-17 12:00:00" };
  const launch = launchOf(manifest(entry), paths, { environment: { PATH: "/bin", HOME: "/home/a", TOKEN: "secret" } });
  expect(launch).toEqual({
    name: "my-game",
    command: "/home/a/plugins/my-game/builds/b1/env/bin/python",
    args: ["-m", "automem_sdk.launch", "--freeze-clock", "2025-11-17 12:00:00", "my_game:MyGame"],
    env: {
      PATH: "/bin",
      HOME: "/home/a",
      LANG: "C.UTF-8",
      AUTOMEM_PLUGIN_DIR: "/home/a/plugins/my-game/builds/b1/source",
      AUTOMEM_ASSETS_DIR: "/home/a/plugins/my-game/assets",
      PYTHONPATH: "/home/a/plugins/my-game/builds/b1/source",
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONHASHSEED: "0",
      TZ: "UTC",
    },
  });
});

test("a plugin on Bun is started by the Bun inside this program, and other assets may be given", () => {
  const launch = launchOf(manifest({ runtime: "bun", script: "game.ts" }), paths, {
    environment: {},
    assetsFolder: "/levels",
  });
  expect(launch.command).toBe(process.execPath);
  expect(launch.args).toEqual(["--no-install", join(paths.source, "game.ts")]);
  expect(launch.env).toMatchObject({ BUN_BE_BUN: "1", AUTOMEM_ASSETS_DIR: "/levels" });
});

test("a plugin sees nothing of the user's environment but path and home; an installer sees index, proxy and certificates too", () => {
  const host = {
    PATH: "/bin",
    HOME: "/h",
    LANG: "de_DE",
    API_KEY: "secret",
    PIP_INDEX_URL: "https://mirror.test/simple",
    UV_INDEX_URL: "https://mirror.test/simple",
    https_proxy: "http://gateway.test",
    npm_config_registry: "https://mirror.test/npm",
    SSL_CERT_FILE: "/certificates",
    PYTHONPATH: "/elsewhere",
  };
  expect(pluginEnvironment(host)).toEqual({ PATH: "/bin", HOME: "/h", LANG: "C.UTF-8" });
  const { API_KEY, PYTHONPATH, ...rest } = host;
  expect(installerEnvironment(host)).toEqual({ ...rest, LANG: "C.UTF-8" });
});

test("uv takes the index that is set for pip, unless it has one of its own", () => {
  const pip = { PIP_INDEX_URL: "https://pip.test/simple", PIP_FIND_LINKS: " /wheels  /more " };
  expect(uvEnvironment(pip)).toMatchObject({
    UV_DEFAULT_INDEX: "https://pip.test/simple",
    UV_FIND_LINKS: "/wheels,/more",
  });
  expect(uvEnvironment({ ...pip, UV_DEFAULT_INDEX: "https://uv.test/simple" }).UV_DEFAULT_INDEX).toBe(
    "https://uv.test/simple",
  );
  expect(uvEnvironment({}).UV_DEFAULT_INDEX).toBeUndefined();
});
