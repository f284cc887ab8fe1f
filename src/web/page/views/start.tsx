/** Starting a run, an evolve or a train: a form over the command line, which is shown as it will be run. */

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { shellWords } from "../../../core/shell-words.ts";
import { answerOf, api } from "../client.ts";
import { authorization, mayChange } from "../token.ts";
import { useAnswer } from "../use-answer.ts";

type Form = Awaited<ReturnType<typeof askForms>>["forms"][number];
type Option = Form["options"][number];

function askForms() {
  return answerOf(api.forms.$get());
}

/** Shown at once; the others when asked for. */
const common: ReadonlySet<string> = new Set([
  "--model",
  "--scaffold",
  "--specialist",
  "--task",
  "--seeds",
  "--episodes",
  "--steps",
  "--parallel",
  "--temperature",
  "--constrain",
  "--reviewer",
  "--revisions",
  "--selector",
  "--decider",
  "--trials",
]);

export function Start() {
  const { route } = useLocation();
  const plugins = useAnswer("plugins", () => answerOf(api.plugins.$get()));
  const forms = useAnswer("forms", askForms);
  const [command, setCommand] = useState<Form["command"]>("run");
  const [game, setGame] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const [said, setSaid] = useState<string>();
  const games = plugins.answer?.installed.filter(({ kind }) => kind === "game").map(({ name }) => name) ?? [];
  const chosen = game || (games[0] ?? "");
  const tasks = plugins.answer?.installed.find(({ name }) => name === chosen)?.tasks ?? [];
  const known = useKnown(
    tasks.map(({ id }) => id),
    forms.answer?.scaffolds ?? [],
  );
  const form = forms.answer?.forms.find((one) => one.command === command);
  const words = wordsOf(form?.options ?? [], chosen, values);
  const start = async () => {
    setSaid("Starting");
    const job = await answerOf(api.jobs.$post({ json: { command, words } }, { headers: authorization() }));
    if (job.id !== undefined) return route(command === "run" ? `/runs/${job.id}` : `/campaigns/${job.id}`);
    setSaid(job.exitCode === undefined ? "It has not begun yet; look at the list of runs." : job.said);
  };
  const field = (option: Option) => (
    <OptionField
      key={`${command} ${option.flag}`}
      option={option}
      value={values[option.flag] ?? ""}
      known={known[option.flag]}
      onValue={(value) => setValues({ ...values, [option.flag]: value })}
    />
  );
  return (
    <>
      <h1>Start</h1>
      {!mayChange() && (
        <p class="problem">
          This tab may look only: open the address that automem ui printed when it started, or copy the command below.
        </p>
      )}
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          start().catch((fault: Error) => setSaid(fault.message));
        }}
      >
        <div class="field">
          <label for="command">What</label>
          <select
            id="command"
            value={command}
            onChange={(event) => setCommand(event.currentTarget.value as Form["command"])}
          >
            <option value="run">run: play</option>
            <option value="evolve">evolve: improve the scaffold</option>
            <option value="train">train: a memory specialist</option>
          </select>
        </div>
        <div class="field">
          <label for="game">Game</label>
          <select id="game" value={chosen} onChange={(event) => setGame(event.currentTarget.value)}>
            {games.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {form?.options.filter(({ flag }) => common.has(flag)).map(field)}
        <details class="whole">
          <summary>All other options</summary>
          <div class="form">{form?.options.filter(({ flag }) => !common.has(flag)).map(field)}</div>
        </details>
        <p class="whole">
          <code>{shellWords(["automem", command, ...words])}</code>
        </p>
        <p class="whole">
          <button type="submit" disabled={!mayChange() || chosen === ""}>
            Start
          </button>{" "}
          <button
            type="button"
            onClick={() => navigator.clipboard.writeText(shellWords(["automem", command, ...words]))}
          >
            Copy the command
          </button>
        </p>
      </form>
      {said && (
        <pre class="text" aria-live="polite">
          {said}
        </pre>
      )}
      {plugins.answer && games.length === 0 && (
        <p>
          No game is installed: <code>automem plugin add crafter</code>
        </p>
      )}
    </>
  );
}

const on = "on";

/** What may be meant, by flag: the models and adapters of this machine. */
function useKnown(tasks: readonly string[], scaffolds: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const models = useAnswer("models", () => answerOf(api.models.$get()));
  const adapters = useAnswer("adapters", () => answerOf(api.adapters.$get()));
  const names = models.answer?.models.map(({ name }) => `llama-cpp:${name}`) ?? [];
  const checked = models.answer?.checks.map(({ model }) => model) ?? [];
  return {
    "--model": [...new Set([...names, ...checked])],
    "--specialist": adapters.answer?.adapters.map(({ name }) => name.slice(0, 12)) ?? [],
    "--task": tasks,
    "--scaffold": scaffolds,
    ...withoutModel,
  };
}

/** What proposes, selects and decides without a model: there is always one of each. */
const withoutModel = {
  "--reviewer": ["catalogue"],
  "--selector": ["outcome"],
  "--decider": ["grid", "halving"],
} as const;

interface OptionFieldProps {
  option: Option;
  value: string;
  known: readonly string[] | undefined;
  onValue(value: string): void;
}

function OptionField({ option, value, known = [], onValue }: OptionFieldProps) {
  const { flag, value: follows, description, repeats } = option;
  if (follows === undefined) {
    return (
      <label class="check" title={description}>
        <input type="checkbox" checked={value === on} onChange={() => onValue(value === on ? "" : on)} />
        {flag.slice(2)}: {description}
      </label>
    );
  }
  const id = `option${flag}`;
  return (
    <div class="field">
      <label for={id}>
        {flag.slice(2)}
        {repeats && " (several: commas between)"}
      </label>
      <input
        id={id}
        value={value}
        placeholder={follows}
        aria-describedby={`${id}-hint`}
        list={known.length > 0 ? `${id}-known` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {known.length > 0 && (
        <datalist id={`${id}-known`}>
          {known.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      <span class="hint" id={`${id}-hint`}>
        {description}
      </span>
    </div>
  );
}

/** The words after the command. */
function wordsOf(options: readonly Option[], game: string, values: Readonly<Record<string, string>>): string[] {
  const said = options.flatMap(({ flag, value: follows, repeats }) => {
    const value = values[flag]?.trim() ?? "";
    if (value === "") return [];
    if (follows === undefined) return [flag];
    const all = repeats ? value.split(",").map((one) => one.trim()) : [value];
    return all.filter((one) => one !== "").flatMap((one) => [flag, one]);
  });
  return [...(game === "" ? [] : [game]), ...said];
}
