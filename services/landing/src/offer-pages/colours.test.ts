import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { backgrounds, colourProblems, contrast, stylesheetOf } from './colours.ts';

test('contrast is computed as in WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#ffffff', '#ffffff')).toBe(1);
  // 4.54:1 and 4.48:1: the pair on both sides of AA that accessibility guides quote for grey on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('the backgrounds are those of the stylesheet, in light and dark', async () => {
  const css = await readFile(new URL('../web/assets/landing.css', import.meta.url), 'utf8');
  const of = (name: string) =>
    [...css.matchAll(new RegExp(`--${name}: (#\\w+);`, 'g'))].map(([, hex]) => hex);
  expect(of('ground')).toEqual([backgrounds.light[0], backgrounds.dark[0]]);
  expect(of('surface')).toEqual([backgrounds.light[1], backgrounds.dark[1]]);
});

describe('an unreadable colour is refused with its place and its contrast', () => {
  test.each([
    ['accent', { accent: '#ffcc00' }],
    ['accent', { accent: '#777777' }],
    ['onAccent', { accent: '#0b5cad', onAccent: '#333333' }],
    ['accentDark', { accent: '#0b5cad', accentDark: '#0b5cad' }],
    ['onAccentDark', { accent: '#0b5cad', accentDark: '#7db7f5', onAccentDark: '#ffffff' }],
  ])('%s of %j', (field, colours) => {
    const [problem, ...others] = colourProblems(colours);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ field });
    expect(problem?.message).toMatch(/has a contrast of \d+\.\d\d:1, at least 4\.5:1 is needed$/);
  });
});

test.each(['#0b5cad', '#000000', '#7a0019', '#1f5c3a', '#595959', '#5b2d90'])(
  'colours that are not given beside the accent %s are computed to be readable, in light and dark',
  (accent) => {
    expect(colourProblems({ accent })).toEqual([]);
    const [light, dark] = [
      ...stylesheetOf({ accent }).matchAll(/--accent: (#\w+); --on-accent: (#\w+);/g),
    ];
    for (const [[, ground = '', text = ''], grounds] of [
      [light ?? [], backgrounds.light],
      [dark ?? [], backgrounds.dark],
    ] as const) {
      expect(contrast(ground, text)).toBeGreaterThanOrEqual(4.5);
      for (const page of grounds) expect(contrast(ground, page)).toBeGreaterThanOrEqual(4.5);
    }
  },
);
