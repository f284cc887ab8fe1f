/** Test martingales: under no difference each is expected to stay where it is, whatever came before. */
import { accumulating, logMean, type Rival, type Staged } from "./rival.ts";

/** The reference's: product of exp(l d) / cosh(l d), mixed over l. */
export function fixedMartingale(settings: Staged, scales = [2, 4, 8, 16]): Rival {
  return {
    name: "symmetric martingale, fixed l",
    begin: (level) => {
      const logs = scales.map(() => 0);
      return accumulating(settings, level, (difference) => {
        scales.forEach((scale, index) => {
          logs[index] = (logs[index] ?? 0) + scale * difference - logCosh(scale * difference);
        });
        return logMean(logs);
      });
    },
  };
}

/** Symmetric martingale whose bet is learned: a factor 1 + tanh(l d) with l from the pairs before, shrunk to 0 (plug-in). */
export function learnedMartingale(settings: Staged): Rival {
  return {
    name: "symmetric martingale, learned l",
    begin: (level) => {
      let sum = 0;
      let squares = 0;
      let count = 0;
      let log = 0;
      return accumulating(settings, level, (difference) => {
        const scale = count < 2 || squares === 0 ? 0 : Math.max(0, (sum / squares) * (count / (count + 2)));
        log += Math.log1p(Math.tanh(scale * difference));
        sum += difference;
        squares += difference * difference;
        count++;
        return log;
      });
    },
  };
}

/** Symmetric martingale in units of the sizes seen: mixture over c of factors with l = c / root mean square of the pairs before and this. */
export function scaledMartingale(settings: Staged, scales = [0.15, 0.3, 0.5, 0.8]): Rival {
  return {
    name: "symmetric martingale, scaled l",
    begin: (level) => {
      const logs = scales.map(() => 0);
      let squares = 0;
      let count = 0;
      return accumulating(settings, level, (difference) => {
        // The size of this difference may be known before its sign: under symmetry only the sign is chance.
        squares += difference * difference;
        count++;
        const unit = Math.sqrt(squares / count) || 1;
        scales.forEach((scale, index) => {
          const bet = (scale * difference) / unit;
          logs[index] = (logs[index] ?? 0) + bet - logCosh(bet);
        });
        return logMean(logs);
      });
    },
  };
}

/** Signs only: the martingale of a coin that favours the candidate with probability 0.6 to 0.9; ties are nothing. */
export function signMartingale(settings: Staged, chances = [0.6, 0.7, 0.8, 0.9]): Rival {
  return {
    name: "sign e-process",
    begin: (level) => {
      const logs = chances.map(() => 0);
      return accumulating(settings, level, (difference) => {
        if (difference !== 0) {
          chances.forEach((chance, index) => {
            logs[index] = (logs[index] ?? 0) + Math.log(2 * (difference > 0 ? chance : 1 - chance));
          });
        }
        return logMean(logs);
      });
    },
  };
}

function logCosh(x: number): number {
  const size = Math.abs(x);
  return size + Math.log1p(Math.exp(-2 * size)) - Math.LN2;
}
