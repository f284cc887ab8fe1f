/** Settings of an outside program that does a part of a campaign's work: reviews, or selects. */
import * as v from "valibot";

const Name = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "not a name of an environment variable"));

export const CommandSettings = v.strictObject({
  /** Whether the program may use the network. Default: `deny`, for `claude-code` `allow`. Enforced by a jail only. */
  network: v.optional(v.picklist(["allow", "deny"])),
  /** Names of environment variables that it is given (keys of its service). Default none; for `claude-code` those it documents. */
  environment: v.optional(v.array(Name)),
  /** Absolute paths that it may read in a jail, beside the system's own: its installation, where that is elsewhere. */
  readable: v.optional(v.array(v.pipe(v.string(), v.startsWith("/"))), []),
  /** `required`: refuse to work without a jail. Default `auto`: go without where there is none, and say so in the record. */
  jail: v.optional(v.picklist(["auto", "required"]), "auto"),
});
export type CommandSettings = v.InferOutput<typeof CommandSettings>;
