/**
 * What a loop has paid for, by name: each result is kept on disk before it is used, so that a loop that was killed runs again from its
 * start, is given what it had, and pays for what is still owed only. Implemented by src/store; a fake in tests is a map.
 */
import type * as v from "valibot";

export interface DurableLog {
  /**
   * The kept result of that name, or else that of `work`, kept before this resolves. Results are plain JSON that fits the schema, of any
   * size. A failure is thrown and not kept: the work is owed. Within one log a name has one result for ever; two calls of the same name at
   * the same time are a bug. Throws `StoreError` if the log cannot be read or written.
   */
  once<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    work: () => Promise<v.InferOutput<Schema>>,
  ): Promise<v.InferOutput<Schema>>;
  /** True if there is a result of that name. */
  has(name: string): boolean;
}
