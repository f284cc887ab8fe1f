/** A recipe in a few words: what is other than in the one it is compared with. */
import { Recipe } from "../../core/trainer.ts";

const fields = Object.keys(Recipe.entries) as (keyof Recipe)[];

/** `rank 32, alpha 64`; `as it is` where nothing differs. In the order of the schema. */
export function differingFields(recipe: Recipe, start: Recipe): string {
  const said = fields
    .filter((field) => recipe[field] !== start[field])
    .map((field) => `${field} ${recipe[field] ?? "none"}`);
  return said.length === 0 ? "as it is" : said.join(", ");
}
