/** Parts of addresses as values. */
import * as v from "valibot";

/** A whole number from 0. */
export const Whole = v.pipe(v.string(), v.regex(/^\d{1,9}$/, "expected a whole number"), v.transform(Number));
