/**
 * Works on every item, at most `limit` of them at a time, started in their order; the results are in that order too. The
 * first error is thrown once everything that was started has ended; nothing new is started after it.
 */
export async function inParallel<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const errors: unknown[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length && errors.length === 0; i = next++) {
      try {
        results.set(i, await work(items[i] as T, i));
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
  return items.map((_, i) => results.get(i) as R);
}
