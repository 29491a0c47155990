/**
 * Yields the same items and fetches each one while the previous one is processed: one ahead, never two. An
 * error of the fetch is thrown when its item is due.
 */
export async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  const fetchNext = (): Promise<IteratorResult<T>> => {
    const next = source.next();
    // Avoids an unhandled rejection before the item is awaited; the awaiting code still gets the error.
    next.catch(() => undefined);
    return next;
  };
  let ahead = fetchNext();
  try {
    for (;;) {
      const current = await ahead;
      if (current.done) return;
      ahead = fetchNext();
      yield current.value;
    }
  } finally {
    // A fetch that is no longer needed ends with the signal of its call.
    void source.return?.().catch(() => undefined);
  }
}
