/** Tables and queries of the index. */

/** A file of another version is emptied and filled anew. */
export const indexVersion = 5;

export const indexSchema = `
DROP TABLE IF EXISTS episodes;
DROP TABLE IF EXISTS times;
DROP TABLE IF EXISTS runs;
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  stamp TEXT NOT NULL,
  created TEXT NOT NULL DEFAULT '',
  game TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  scaffold TEXT NOT NULL DEFAULT '',
  planned INTEGER NOT NULL DEFAULT 0,
  specialist TEXT,
  problem TEXT,
  -- Sums over its episodes; null until they were made, as where an automem of another version put the run here.
  finished INTEGER,
  failed INTEGER,
  meanProgress REAL,
  steps INTEGER,
  calls INTEGER,
  promptTokens INTEGER,
  cachedTokens INTEGER,
  generatedTokens INTEGER,
  uncounted INTEGER,
  money REAL,
  seconds REAL
) STRICT;
CREATE TABLE episodes (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  task TEXT NOT NULL,
  seed INTEGER NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  record TEXT,
  steps INTEGER,
  progress REAL,
  failure TEXT,
  calls INTEGER,
  promptTokens INTEGER,
  cachedTokens INTEGER,
  generatedTokens INTEGER,
  uncounted INTEGER,
  money REAL,
  seconds REAL,
  PRIMARY KEY (run, key)
) STRICT;
CREATE TABLE times (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  stamp TEXT NOT NULL,
  steps INTEGER NOT NULL,
  totalMs REAL NOT NULL,
  gameMs REAL NOT NULL,
  modelMs REAL NOT NULL,
  PRIMARY KEY (run, key)
) STRICT;
PRAGMA user_version = ${indexVersion};
`;

export const runRows = `
SELECT id, created, game, model, scaffold, planned, specialist, problem, finished, failed, meanProgress, steps, calls, promptTokens,
  cachedTokens, generatedTokens, uncounted, money, seconds
FROM runs ORDER BY created DESC, id`;

const sums = `
UPDATE runs SET
  (finished, failed, meanProgress, steps, calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds) = (
    SELECT count(CASE status WHEN 'finished' THEN 1 END), count(CASE status WHEN 'failed' THEN 1 END), avg(progress),
      coalesce(sum(steps), 0), sum(calls), sum(promptTokens), sum(cachedTokens), sum(generatedTokens), coalesce(sum(uncounted), 0),
      sum(money), sum(seconds)
    FROM episodes WHERE run = runs.id)`;

/** Sums over the episodes of one run, and of all that have none yet. */
export const sumsOfRun = `${sums} WHERE id = ?`;
export const sumsOfOthers = `${sums} WHERE finished IS NULL`;

export const episodeRows =
  "SELECT run, key, task, seed, status, attempts, record, steps, progress, failure, calls, promptTokens, cachedTokens, generatedTokens, uncounted, money, seconds FROM episodes WHERE run = ? ORDER BY task, seed";

/** The started episodes of a run, in no order, without what they cost. */
export const standingRows =
  "SELECT key, status, attempts, record, steps, progress, failure FROM episodes WHERE run = ?";

/** Started episodes of other runs of a game, by task and seed; each row says how many there are in all. */
export const besideRows = `
SELECT episodes.run, key, created, model, scaffold, specialist, status, episodes.steps, progress, count(*) OVER () AS matching
FROM episodes JOIN runs ON runs.id = episodes.run
WHERE game = ? AND task = ? AND seed = ? AND episodes.run <> ?
ORDER BY created DESC, episodes.run LIMIT ?`;

export const scoreRows = "SELECT progress FROM episodes WHERE run = ? AND progress IS NOT NULL ORDER BY task, seed";

export const timeRows = "SELECT key, stamp, steps, totalMs, gameMs, modelMs FROM times WHERE run = ?";

export const recordRows =
  "SELECT run, key, record FROM episodes JOIN runs ON runs.id = episodes.run WHERE record IS NOT NULL ORDER BY created DESC, run, key";
