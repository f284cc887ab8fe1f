/** The commands that can be begun from the page, and their options, as the command line itself declares them. */

export interface FormOption {
  /** `--model`. */
  flag: string;
  /** `<n>`: what follows; absent for one that is on or off. */
  value: string | undefined;
  description: string;
  /** May stand several times. */
  repeats: boolean;
}

export interface CommandForm {
  command: "run" | "evolve" | "train";
  description: string;
  options: FormOption[];
}
