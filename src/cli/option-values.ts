/** Values of options that several commands read alike. */

/** For an option that may be given again: all its values, in order. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}
