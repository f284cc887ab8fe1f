/** The virtual module "automem" as the sandbox sees it. Types: scaffolds/automem.d.ts. `packageFiles` is put in front by the host. */
export function defineScaffold(definition) {
  return definition;
}

export const perEpisode = globalThis.automemPerEpisode;
delete globalThis.automemPerEpisode;

export function text(path) {
  const found = Object.hasOwn(packageFiles, path) ? packageFiles[path] : undefined;
  if (found === undefined) throw new Error(`the package has no file "${path}"`);
  return found;
}

export function hasFile(path) {
  return Object.hasOwn(packageFiles, path);
}

export function files(folder) {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  const found = {};
  for (const path of Object.keys(packageFiles)) {
    const name = path.slice(prefix.length);
    if (path.startsWith(prefix) && !name.includes("/")) found[name] = packageFiles[path];
  }
  return found;
}

export function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`the template asks for {{${name}}}, which is not given`);
    return String(values[name]);
  });
}

export function lines(content) {
  const all = content.split("\n");
  if (all[all.length - 1] === "") all.pop();
  return all;
}

export function sections(parts) {
  return parts
    .filter((part) => typeof part === "string" && part.trim() !== "")
    .map((part) => part.trimEnd())
    .join("\n\n");
}

export function operationHelp(ctx, phase) {
  return ctx.operationHelp[phase].join("\n");
}

export function fileIndex(ctx) {
  if (ctx.files.length === 0) return "Memory files: none yet.";
  const names = ctx.files.map(({ name, lines: count }) => `${name} (${count} ${count === 1 ? "line" : "lines"})`);
  return `Memory files: ${names.join(", ")}`;
}

export function observationText(observation) {
  return [observation.long, observation.short].filter((part) => part !== "").join("\n\n");
}

export function matchAction(ctx, raw) {
  const wanted = raw.trim();
  if (ctx.actions.some(({ name }) => name === wanted)) return wanted;
  const plain = (name) => name.toLowerCase().replace(/[\s_-]+/g, " ");
  const target = plain(wanted);
  // The length first: a regular expression for each of 250 actions would be the dearest part of a hook.
  const matches = ctx.actions.filter(({ name }) => name.length === target.length && plain(name) === target);
  return matches.length === 1 ? matches[0].name : undefined;
}

export function resultsText(input) {
  const parts = input.results.map(({ operation, text: answer }) => `${operation}\n${answer}`);
  if (input.rejection !== undefined) parts.push(`Action refused: ${input.rejection}`);
  return parts.join("\n\n");
}
