/** Numbers as people read them. */

/** "98.4 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "812 B", "9.4 kB", "98.4 MB", "1.2 GB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? megabytes(bytes) : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** "12 s", "3 min 5 s", "2 h 10 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A share in [0, 1] as "13.6 %"; "-" if unknown. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "-" : `${(100 * share).toFixed(1)} %`;
}

/** "1,234", or "1.2 M" from a million on. */
export function amount(count: number): string {
  return count < 1e6 ? grouped(count) : `${(count / 1e6).toFixed(1)} M`;
}

/**
 * "1,234,567": as `toLocaleString("en")` has it. That loads the browser's data of all languages, which held up the first list for 20 ms, so a
 * whole number goes without.
 */
export function grouped(number: number): string {
  if (!Number.isSafeInteger(number)) return number.toLocaleString("en");
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
