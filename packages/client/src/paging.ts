interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

/** The items of all pages. A page is read when its first item is wanted. */
export async function* itemsOf(
  read: (input: object) => Promise<unknown>,
  input: object,
): AsyncGenerator {
  for (let cursor: string | undefined; ;) {
    const page = (await read(cursor === undefined ? input : { ...input, cursor })) as Page;
    yield* page.items;
    if (page.nextCursor === undefined) return;
    cursor = page.nextCursor;
  }
}
