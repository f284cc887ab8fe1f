/** What children may see of the user's environment: little for a plugin, the settings of the package tools for an installer. */

export type Environment = Readonly<Record<string, string | undefined>>;

const always = ["PATH", "HOME", "SystemRoot", "USERPROFILE", "LOCALAPPDATA", "APPDATA"];
/** Where users keep mirrors, proxies, certificates and caches. */
const installerNames =
  /^(PIP_|UV_|NPM_CONFIG_|BUN_CONFIG_|BUN_INSTALL|XDG_|SSL_CERT_|GIT_SSL_|SSH_)|^(HTTP|HTTPS|ALL|NO)_PROXY$|^REQUESTS_CA_BUNDLE$|^CURL_CA_BUNDLE$|^NODE_EXTRA_CA_CERTS$/i;

/** For a plugin: path, home and a UTF-8 language; nothing else of the user's. */
export function pluginEnvironment(host: Environment): Record<string, string> {
  return { ...pick(host, (name) => always.includes(name)), LANG: "C.UTF-8" };
}

/** For a trainer: besides, which GPUs and how many threads it may use, how several machines find each other, and where LLaMA-Factory is. */
export function trainerEnvironment(host: Environment): Record<string, string> {
  const devices = /^(CUDA_|NVIDIA_|NCCL_|GLOO_|PET_|OMP_|MKL_|PYTORCH_|LD_LIBRARY_PATH$|LLAMAFACTORY_CLI$)/;
  return { ...pick(host, (name) => devices.test(name)), ...pluginEnvironment(host) };
}

/** For pip, uv, git and bun install: besides, what sets up their index, proxy, certificates and caches. */
export function installerEnvironment(host: Environment): Record<string, string> {
  return {
    ...pick(host, (name) => always.includes(name) || name === "TMPDIR" || installerNames.test(name)),
    LANG: "C.UTF-8",
  };
}

/** For uv: what the user has set for pip counts for uv too, where nothing is set for uv itself. */
export function uvEnvironment(host: Environment): Record<string, string> {
  const environment = installerEnvironment(host);
  const inherit = (name: string, value: string | undefined) => {
    if (value !== undefined) environment[name] ??= value;
  };
  inherit("UV_DEFAULT_INDEX", host.UV_INDEX_URL ?? host.PIP_INDEX_URL);
  inherit("UV_INDEX", host.UV_EXTRA_INDEX_URL ?? host.PIP_EXTRA_INDEX_URL);
  inherit("UV_FIND_LINKS", host.PIP_FIND_LINKS?.trim().split(/\s+/).join(","));
  return environment;
}

function pick(host: Environment, wanted: (name: string) => boolean): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && wanted(name)) picked[name] = value;
  }
  return picked;
}
