/** The segment that an episode under way is in, decoded line by line as it is written. */
import { LineFollower } from "./line-follower.ts";
import { type Segment, SegmentDecoder } from "./segment.ts";

export class GrowingSegment {
  readonly #path: string;
  readonly #lines: LineFollower;
  #decoder: SegmentDecoder;

  constructor(path: string) {
    this.#path = path;
    this.#lines = new LineFollower(path);
    this.#decoder = new SegmentDecoder(path);
  }

  /**
   * What is there now; `undefined` while it has no whole line. The entries are the caller's own list. Throws as `LineFollower.read`, and
   * `StoreError` `corrupt-journal`.
   */
  read(whole: boolean): Segment | undefined {
    const { texts, begun } = this.#lines.read(whole);
    if (begun) this.#decoder = new SegmentDecoder(this.#path);
    try {
      this.#decoder.add(texts);
    } catch (fault) {
      this.#lines.forget();
      throw fault;
    }
    const { segment } = this.#decoder;
    return segment && { start: segment.start, entries: [...segment.entries] };
  }
}
