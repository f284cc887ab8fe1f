/** What the scaffold remembers from step to step, as plain JSON. */
import type { Place } from "./nle/directions.ts";
import type { Track } from "./nle/track.ts";

export interface State {
  track: Track;
  /** The second word of the last two-word action: the answer to the question that the game will ask. */
  pendingAnswer: string | null;
  /** Boxoban: fountains seen so far. */
  fountains: Place[];
  /** Where lava lies in line, as long as the map is not covered. */
  zapDirection: string | null;
  /** The files as they were before LOG. */
  filesBefore: string;
}
