import type { Publishers } from '@landfall/publishers/publishers';
import { startLanes, type LaneOptions, type Lanes } from './engine.ts';

/**
 * Works through the lanes of all publishers, each with its own places: if Microsoft slows down one
 * publisher's work, the others keep their places. Lanes without a publisher have their own places too.
 */
export function startPublisherLanes(
  publishers: Publishers,
  options: Omit<LaneOptions, 'of'>,
): Lanes {
  if (publishers.isSole) return startLanes(options);
  const ids = publishers.all.flatMap(({ publisherId }) => publisherId ?? []);
  const engines = [
    ...ids.map((publisherId) => startLanes({ ...options, of: { publisherId } })),
    startLanes({ ...options, of: { noneOf: ids } }),
  ];
  return {
    wake: () => engines.forEach((engine) => engine.wake()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    },
  };
}
