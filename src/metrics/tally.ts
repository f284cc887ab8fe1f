/** A sum over what is known, and how often it was not. */
export class Tally {
  /** `undefined` while nothing was known. */
  sum: number | undefined;
  unknown = 0;

  add(count: number | undefined): void {
    if (count === undefined) this.unknown++;
    else this.sum = (this.sum ?? 0) + count;
  }
}
