import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until it does not fail any more; its last failure, when that takes longer than `seconds`. */
export async function eventually<T>(ask: () => Promise<T>, seconds = 90): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
