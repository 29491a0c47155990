/**
 * The same items, each fetched while its predecessor is being worked on: one ahead, never two. What the
 * fetching throws is thrown when its item would be due.
 */
export async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  const fetchNext = (): Promise<IteratorResult<T>> => {
    const next = source.next();
    // Until somebody waits for it a failure is nobody's; whoever waits gets it all the same.
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
    // What is being fetched for nobody ends with the signal of its call.
    void source.return?.().catch(() => undefined);
  }
}
