/**
 * The rules of Crafter that this package relies on, as data.
 * Source: crafter 1.8.3 (MIT, Danijar Hafner), data.yaml and objects.py; tests hold them against a copy of data.yaml.
 */

export interface Recipe {
  uses: Readonly<Record<string, number>>;
  /** Must lie in the 3 by 3 squares around the player. */
  near: readonly string[];
}

/** Actions that make a tool. */
export const recipes: Readonly<Record<string, Recipe>> = {
  "Make Wood Pickaxe": { uses: { wood: 1 }, near: ["table"] },
  "Make Stone Pickaxe": { uses: { wood: 1, stone: 1 }, near: ["table"] },
  "Make Iron Pickaxe": { uses: { wood: 1, coal: 1, iron: 1 }, near: ["table", "furnace"] },
  "Make Wood Sword": { uses: { wood: 1 }, near: ["table"] },
  "Make Stone Sword": { uses: { wood: 1, stone: 1 }, near: ["table"] },
  "Make Iron Sword": { uses: { wood: 1, coal: 1, iron: 1 }, near: ["table", "furnace"] },
};

export interface Placement {
  uses: Readonly<Record<string, number>>;
  /** What the square in front may be; nothing may stand on it. */
  onto: readonly string[];
}

/** Actions that put something on the square in front. */
export const placements: Readonly<Record<string, Placement>> = {
  "Place Stone": { uses: { stone: 1 }, onto: ["grass", "sand", "path", "water", "lava"] },
  "Place Table": { uses: { wood: 2 }, onto: ["grass", "sand", "path"] },
  "Place Furnace": { uses: { stone: 4 }, onto: ["grass", "sand", "path"] },
  "Place Plant": { uses: { sapling: 1 }, onto: ["grass"] },
};

export interface Harvest {
  gives: string;
  /** The tool it takes, by its name in the inventory. */
  tool?: string;
  /** Share of tries that give something; 1 if always. */
  chance: number;
}

/** What `Do` gets from the square in front. */
export const harvests: Readonly<Record<string, Harvest>> = {
  tree: { gives: "wood", chance: 1 },
  stone: { gives: "stone", tool: "wood_pickaxe", chance: 1 },
  coal: { gives: "coal", tool: "wood_pickaxe", chance: 1 },
  iron: { gives: "iron", tool: "stone_pickaxe", chance: 1 },
  diamond: { gives: "diamond", tool: "iron_pickaxe", chance: 1 },
  water: { gives: "drink", chance: 1 },
  grass: { gives: "sapling", chance: 0.1 },
};

/** Squares one can walk on; lava too, but it kills. */
export const walkable: readonly string[] = ["grass", "sand", "path"];

export const creatures: readonly string[] = ["cow", "zombie", "skeleton", "arrow"];

/** Names that may stand in an observation. */
export const thingNames: readonly string[] = [
  "water",
  "grass",
  "stone",
  "path",
  "sand",
  "tree",
  "lava",
  "coal",
  "iron",
  "diamond",
  "table",
  "furnace",
  ...creatures,
  "plant",
];

export const itemNames: readonly string[] = [
  "sapling",
  "wood",
  "stone",
  "coal",
  "iron",
  "diamond",
  "wood_pickaxe",
  "stone_pickaxe",
  "iron_pickaxe",
  "wood_sword",
  "stone_sword",
  "iron_sword",
];

/** Most of one item, and of a vital sign. */
export const mostOfOne = 9;

/** Health of the creatures one can hit, and what a hit takes by the best weapon held. */
export const creatureHealth: Readonly<Record<string, number>> = { cow: 3, zombie: 5, skeleton: 3 };
export const weaponDamage: readonly (readonly [sword: string, damage: number])[] = [
  ["iron_sword", 5],
  ["stone_sword", 3],
  ["wood_sword", 2],
];

/** The 22 achievements, in an order in which they can be had. */
export const achievements: readonly string[] = [
  "collect wood",
  "place table",
  "make wood pickaxe",
  "make wood sword",
  "collect sapling",
  "place plant",
  "collect drink",
  "eat cow",
  "wake up",
  "collect stone",
  "place stone",
  "make stone pickaxe",
  "make stone sword",
  "collect coal",
  "place furnace",
  "defeat zombie",
  "collect iron",
  "make iron pickaxe",
  "make iron sword",
  "collect diamond",
  "defeat skeleton",
  "eat plant",
];

/** Hits it takes to beat a creature with what is held. */
export function hitsNeeded(creature: string, held: Readonly<Record<string, number>>): number | undefined {
  const health = creatureHealth[creature];
  if (health === undefined) return undefined;
  const damage = weaponDamage.find(([sword]) => (held[sword] ?? 0) > 0)?.[1] ?? 1;
  return Math.ceil(health / damage);
}
