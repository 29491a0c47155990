import { expect, test } from 'vitest';
import type { z } from 'zod';
import { publicProcedures } from './api.ts';
import type { Procedures } from './procedures.ts';
import { bodyRoute, restRoute } from './rest-routes.ts';

const specs = Object.entries(publicProcedures as Procedures).flatMap(([namespace, table]) =>
  Object.entries(table).map(([name, spec]) => ({
    id: `${namespace}.${name}`,
    spec,
    route: restRoute(namespace, name, spec),
  })),
);

function fieldsIn(schema: z.ZodType): string[] {
  return Object.keys((schema as z.ZodObject).shape ?? {});
}

test('no command and no request about a person has what people write, or their addresses, in its URL', () => {
  for (const { id, spec, route } of specs) {
    if (!route.isBodiless) continue;
    const written = spec.kind === 'command' ? ['reason', 'requestedBy', 'note'] : [];
    for (const field of ['email', ...written])
      expect(fieldsIn(spec.input), id).not.toContain(field);
  }
});

test('every search can be sent in a body', () => {
  const searches = specs.filter(({ spec }) => fieldsIn(spec.input).includes('search'));
  expect(searches.length).toBeGreaterThan(0);
  for (const { id, spec } of searches) {
    expect(bodyRoute(spec), id).toMatchObject({ method: 'post', isBodiless: false });
  }
});

test('every command that answers with a secret says so, so that its answer is never stored', () => {
  const answering = specs.filter(({ spec }) => fieldsIn(spec.output).includes('secret'));
  expect(answering.length).toBeGreaterThan(3);
  for (const { id, spec } of answering) expect(spec.answersSecret, id).toBe(true);
});
