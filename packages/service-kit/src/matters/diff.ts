import { isDeepStrictEqual } from 'node:util';
import { matterKinds, type FoundMatter, type MatterKind } from '@landfall/contracts/matters';

/**
 * At most this many matters of a kind are open for each publisher. A person who reads a list has long stopped reading there;
 * the next ones open when others close.
 */
export const MAX_OPEN = 500;

export interface OpenMatter {
  readonly id: string;
  readonly key: string;
  readonly content: FoundMatter;
  readonly version: number;
  readonly openedAt: Date;
  readonly foundAt: Date;
}

export interface Changes {
  readonly opened: readonly FoundMatter[];
  readonly changed: readonly { readonly was: OpenMatter; readonly found: FoundMatter }[];
  readonly closed: readonly OpenMatter[];
}

/**
 * Compares what a finder has found with what is open. `found` holds at most {@link MAX_OPEN} matters for each publisher: the
 * oldest ones, or the newest ones if only a person closes this kind.
 */
export function changesOf(
  kind: MatterKind,
  given: {
    readonly found: readonly FoundMatter[];
    readonly open: readonly OpenMatter[];
    /** A matter stays open until it was not found for this long. */
    readonly closesAfterMs: number;
    readonly now: Date;
  },
): Changes {
  const { open, closesAfterMs, now } = given;
  const found = new Map(given.found.map((matter) => [matter.key, matter]));
  const isCut = cutAt(kind, given.found);
  const closed = open.filter(
    ({ key, content, foundAt }) =>
      !found.has(key) &&
      !isCut(content) &&
      (closesAfterMs === 0 || now.getTime() - foundAt.getTime() >= closesAfterMs),
  );
  const gone = new Set(closed);
  const stays = open.filter((matter) => !gone.has(matter));
  const known = new Set(open.map(({ key }) => key));
  return {
    opened: withRoom(
      [...found.values()].filter(({ key }) => !known.has(key)),
      stays,
    ),
    changed: stays.flatMap((was) => {
      const is = found.get(was.key);
      return is && hasChanged(was.content, is) ? [{ was, found: is }] : [];
    }),
    closed,
  };
}

/** Whether a matter that was not found may still be there, because the finder stopped before it. */
function cutAt(kind: MatterKind, found: readonly FoundMatter[]): (matter: FoundMatter) => boolean {
  // The newest ones are listed, and older ones leave the list.
  if (matterKinds[kind].closes === 'person') return () => false;
  const lastOf = new Map<string | undefined, string>();
  for (const [publisherId, matters] of Map.groupBy(found, (matter) => matter.publisherId)) {
    if (matters.length < MAX_OPEN) continue;
    lastOf.set(
      publisherId,
      matters.reduce((last, { since }) => (since > last ? since : last), ''),
    );
  }
  return ({ publisherId, since }) => since >= (lastOf.get(publisherId) ?? '~');
}

/** Those for which there is room beside the open ones of their publisher. */
function withRoom(
  matters: readonly FoundMatter[],
  open: readonly OpenMatter[],
): readonly FoundMatter[] {
  const counts = new Map<string | undefined, number>();
  for (const { content } of open) {
    counts.set(content.publisherId, (counts.get(content.publisherId) ?? 0) + 1);
  }
  return matters.filter(({ publisherId }) => {
    const count = counts.get(publisherId) ?? 0;
    counts.set(publisherId, count + 1);
    return count < MAX_OPEN;
  });
}

function hasChanged({ since: _was, ...was }: FoundMatter, { since: _is, ...is }: FoundMatter) {
  return !isDeepStrictEqual(plain(was), plain(is));
}

/** As it comes back from the database: without undefined fields. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
