import { z } from 'zod';
import { services } from '@landfall/contracts/services';
import { streams } from '@landfall/contracts/streams';
import { connectBus } from '@landfall/service-kit/bus';
import { busSettings } from '@landfall/service-kit/bus-settings';
import { baseConfigShape } from '@landfall/service-kit/config';
import type { Logger } from '@landfall/service-kit/log';
import { readConfig } from '@landfall/service-kit/process';

export const streamsSchema = z.object(baseConfigShape).omit({ DATABASE_URL: true });

/** Creates every stream, or updates it to its definition. Waits for NATS for at most a minute. */
export async function prepareStreams(log: Logger): Promise<void> {
  const config = readConfig('provision streams', streamsSchema);
  for (const { name } of services) {
    const own = Object.values(streams).filter(({ owner }) => owner === name);
    if (own.length === 0) continue;
    // A definition is applied only by the owner of its stream.
    await using bus = await connectBus({ ...busSettings(config), name, log });
    await bus.ensureStreams(own);
    log.info({ streams: own.map((stream) => stream.name) }, 'the streams are ready');
  }
}
