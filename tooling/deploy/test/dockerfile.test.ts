import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { dockerfile, finalStage } from '../src/image/final-stage.ts';
import { partsList } from '../src/image/parts-list.ts';

// Its ES modules do not load in Node.
const { validate } = createRequire(import.meta.url)('dockerfile-utils') as {
  readonly validate: (text: string) => readonly { readonly message: string }[];
};
const text = readFileSync(dockerfile, 'utf8');

test('the Dockerfile and the stage that is built from prepared files have no flaws', () => {
  expect(validate(text)).toEqual([]);
  expect(validate(finalStage())).toEqual([]);
  expect(validate(text.replace('EXPOSE 8080', 'EXPOSE eighty'))).not.toEqual([]);
});

test('the stage from prepared files differs from the Dockerfile only in where the files come from', () => {
  const lines = new Set(text.split('\n'));
  const other = finalStage()
    .split('\n')
    .filter((line) => !lines.has(line));
  expect(other).toEqual(['COPY root/ /']);
});

test('the image runs as a user without rights, and every command in it is a program and not a shell', () => {
  const stage = finalStage();
  expect(stage).toMatch(/^USER 65532:65532$/m);
  const commands = [...stage.matchAll(/^(?:ENTRYPOINT|HEALTHCHECK .*CMD|CMD) (.*)$/gm)];
  expect(commands).toHaveLength(3);
  for (const [, command = ''] of commands) expect(JSON.parse(command)).toBeInstanceOf(Array);
  expect(stage).not.toMatch(/^RUN /m);
});

test('the parts list names what the programs are made of, with the SDK for traces', () => {
  const { components } = JSON.parse(partsList()) as {
    readonly components: readonly { readonly group?: string; readonly name: string }[];
  };
  const names = new Set(components.map(({ group, name }) => [group, name].join('/')));
  for (const name of ['@opentelemetry/sdk-trace', '@trpc/server', '/pg']) {
    expect(names).toContain(name);
  }
});
