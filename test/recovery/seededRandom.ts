/** Chance that a failed test can be given again: the same seed gives the same numbers. */
export interface SeededRandom {
  readonly seed: number;
  /** A whole number from 0, below a limit. */
  below(limit: number): number;
}

/** Mulberry32: small, and good enough to choose moments and places by. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed;
  return {
    seed,
    below: (limit) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}
