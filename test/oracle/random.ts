/** Random choices that are the same for the same seed. */
export class Random {
  constructor(private state: number) {}

  /** A number from 0 up to, but without, 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  times<T>(count: number, make: (i: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i));
  }

  /** The text with one character added, removed, doubled or replaced. */
  mutate(text: string, alphabet: string): string {
    const at = this.below(text.length + 1);
    const char = alphabet.charAt(this.below(alphabet.length));
    const [before, after] = [text.slice(0, at), text.slice(at)];
    return this.pick([
      before + char + after,
      before + after.slice(1),
      before + char + after.slice(1),
      before + before.slice(-1) + after,
    ]);
  }
}
