/** A recipe as a TOML file: fields of the recipe and nothing else, each with its range in what is said of a wrong one. */
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { ConfigError } from "../../core/errors.ts";
import { paperRecipes, Recipe } from "../../core/trainer.ts";
import { recipeWords } from "../../train/recipe-words.ts";
import { readToml } from "../run-file.ts";

/** The fields that are given, unchanged; what is left out is for another layer to say. */
export type RecipeFile = Partial<v.InferInput<typeof Recipe>>;

/** Parses a file of a recipe alone. Throws `ConfigError` (`bad-settings-file`) with every wrong field, its range or the fields there are. */
export function parseRecipeFile(text: string, path: string): RecipeFile {
  const given = readToml(text, path);
  const problems = Object.entries(given).flatMap(([name, value]) => problemOf(name, value) ?? []);
  if (problems.length === 0) return given as RecipeFile;
  throw new ConfigError(`Recipe ${path}: ${problems.join("; ")}.`, { code: "bad-settings-file" });
}

/** The whole recipe as a file that reads as the same recipe, with a comment for each field. */
export function printRecipe(recipe: Recipe): string {
  const parts = fields.map((field) => {
    const value = recipe[field];
    const line = value === null ? `# ${field} = ...` : `${field} = ${JSON.stringify(value)}`;
    return `# ${recipeWords[field]}: ${rangeOf(field)}\n${line}\n`;
  });
  return parts.join("\n");
}

/** Values to start from by name: `paper`, for the paper's games. Throws `ConfigError` `no-preset`. */
export function presetRecipe(name: "paper" | undefined, game: string): RecipeFile {
  if (name === undefined) return {};
  if (Object.hasOwn(paperRecipes, game)) return paperRecipes[game as keyof typeof paperRecipes].recipe;
  throw new ConfigError(
    `The paper has no recipe for ${game}; it has some for ${Object.keys(paperRecipes).join(", ")}. Leave out the preset, or write a recipe: --recipe FILE.toml`,
    { code: "no-preset" },
  );
}

const fields = Object.keys(Recipe.entries) as (keyof Recipe)[];

function problemOf(name: string, value: unknown): string | undefined {
  const field = fields.find((each) => each === name);
  if (field === undefined) return `${name}: a recipe has no such field; it has ${fields.join(", ")}`;
  if (v.is(Recipe.entries[field].wrapped, value)) return undefined;
  const said = typeof value === "number" ? String(value) : JSON.stringify(value);
  return `${name}: ${said} is not ${rangeOf(field)}`;
}

/** What JSON schema says of a field. */
interface FieldSchema {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  anyOf?: FieldSchema[];
}

function rangeOf(field: keyof Recipe): string {
  return wordsOf(toJsonSchema(Recipe.entries[field].wrapped, { target: "draft-07" }) as FieldSchema);
}

function wordsOf({ type, enum: values, minimum, maximum, anyOf }: FieldSchema): string {
  // A file cannot say null: the field is left out.
  const [first] = anyOf ?? [];
  if (first !== undefined) return wordsOf(first);
  if (values !== undefined) return values.map((value) => `"${value}"`).join(" or ");
  if (type === "boolean") return "true or false";
  const from = minimum === undefined ? "" : ` from ${minimum}`;
  const to = maximum === undefined ? "" : ` to ${maximum}`;
  return `a ${type === "integer" ? "whole number" : "number"}${from}${to}`;
}
