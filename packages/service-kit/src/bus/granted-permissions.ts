import { z } from 'zod';
import type { NatsPermissions } from '@landfall/contracts/nats-permissions';

const allowed = z.object({ allow: z.array(z.string()).default([]) }).default({ allow: [] });

/** https://docs.nats.io/running-a-nats-service/configuration/sys_accounts#user-services */
const userInfo = z.object({
  data: z.object({
    permissions: z.object({ publish: allowed, subscribe: allowed }).optional(),
  }),
});

/** The permissions in nats-server's answer about a user. Undefined: the user may do everything. */
export function grantedPermissions(answer: string): NatsPermissions | undefined {
  const { permissions } = userInfo.parse(JSON.parse(answer)).data;
  return (
    permissions && { publish: permissions.publish.allow, subscribe: permissions.subscribe.allow }
  );
}
