/** The course of a loss as a small picture in text. Pure. */

const bars = "▁▂▃▄▅▆▇█";

/**
 * One line: a bar for each stretch of steps (its mean), at most `width` of them; the highest is full, the lowest is a line. Empty for no steps.
 */
export function lossPlot(losses: readonly number[], width = 60): string {
  if (losses.length === 0) return "";
  const count = Math.min(width, losses.length);
  const means = Array.from({ length: count }, (_, index) => {
    const part = losses.slice(
      Math.floor((index * losses.length) / count),
      Math.floor(((index + 1) * losses.length) / count),
    );
    return part.reduce((sum, loss) => sum + loss, 0) / part.length;
  });
  const low = Math.min(...means);
  const span = Math.max(...means) - low;
  return means
    .map((mean) => bars[span === 0 ? 0 : Math.round(((mean - low) / span) * (bars.length - 1))] as string)
    .join("");
}
