/** What each field of a recipe is, in a few words: for models that decide, and for people who write one. */
import type { Recipe } from "../core/trainer.ts";

export const recipeWords: Readonly<Record<keyof Recipe, string>> = {
  rank: "rank of the adapter",
  alpha: "the adapter's change is scaled by alpha / rank",
  dropout: "share of the adapter's inputs dropped",
  learningRate: "at its highest",
  epochs: "passes over the dataset",
  maxSteps: "steps of the optimiser, in place of epochs",
  batchSize: "examples at a time on one device",
  gradientAccumulation: "batches of one step",
  cutoffTokens: "examples with more tokens are left out whole",
  schedule: "course of the learning rate after the warm-up",
  warmupShare: "share of the steps in which the learning rate rises",
  weightDecay: "pull of the weights towards 0",
  maxGradientNorm: "larger gradients are scaled down to it",
  saveSteps: "steps between two checkpoints",
  devices: "processes that train together, each with a GPU; on a CPU, 1 is best",
  targets: "layers with an adapter: q, k, v and o, or all linear ones but the output",
  precision: "of the base's weights and the arithmetic",
  gradientCheckpointing: "less memory, about a third more time",
  seed: "another seed trains another adapter of the same recipe",
};
