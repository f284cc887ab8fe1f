/** What a campaign of `evolve` sets out to do and what comes of it: settings and immutable records. */
import * as v from "valibot";
import { JsonObject } from "./json.ts";

/** Who reviews: as named by the user, with what decides its answers (model digest, version, command, settings). */
export const ReviewerIdentity = v.strictObject({ name: v.string(), details: JsonObject });
export type ReviewerIdentity = v.InferOutput<typeof ReviewerIdentity>;
