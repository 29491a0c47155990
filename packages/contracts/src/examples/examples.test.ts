import { expect, test } from 'vitest';
import { publicProcedures } from '../api.ts';
import { unknownFields } from '../unknown-fields.ts';
import { examples } from './index.ts';

const given = Object.entries(publicProcedures).flatMap(([namespace, specs]) =>
  Object.entries(specs).flatMap(([name, spec]) => {
    const ofNamespace = new Map(Object.entries(examples)).get(namespace);
    const example = new Map<string, { input: unknown; output: unknown }>(
      Object.entries(ofNamespace ?? {}),
    ).get(name);
    return example ? [{ path: `${namespace}.${name}`, spec, example }] : [];
  }),
);

test.each(given)('the example of $path is a valid call and answer', ({ spec, example }) => {
  spec.input.parse(example.input);
  spec.output.parse(example.output);

  expect(unknownFields(spec.input, example.input)).toEqual([]);
  expect(unknownFields(spec.output, example.output)).toEqual([]);
});
