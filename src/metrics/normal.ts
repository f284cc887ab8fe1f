/** The standard normal distribution, for intervals and sample sizes. */

/** P(Z <= z), correct to about 1e-15; 0 and 1 beyond eight deviations. Marsaglia's series (Journal of Statistical Software 11, 2004). */
export function normalProbability(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = z;
  let term = z;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The z with P(Z <= z) = `probability`, within [-8, 8]; found by bisection, correct to about 1e-12 (0.975: 1.959964). */
export function normalQuantile(probability: number): number {
  let low = -8;
  let high = 8;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (normalProbability(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
