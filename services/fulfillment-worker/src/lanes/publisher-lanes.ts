import type { Publishers } from '@landfall/publishers/publishers';
import { startLanes, type LaneOptions, type Lanes } from './engine.ts';

/**
 * Works through the lanes of every publisher, each with places of its own: work of one that Microsoft
 * slows down takes none of another's. Lanes of nobody's come with places of their own too.
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
