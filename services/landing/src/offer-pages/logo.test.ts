import { describe, expect, test } from 'vitest';
import { readLogo } from './logo.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"${attributes}>${inside}</svg>`;

test('the type of a logo is detected from its bytes', () => {
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    Buffer.alloc(8),
  ]);
  expect(readLogo(png.toString('base64'))).toMatchObject({ extension: 'png' });
  expect(readLogo(base64('RIFF\x04\x00\x00\x00WEBPVP8 '))).toMatchObject({ extension: 'webp' });
  const drawing = svg('<defs><path id="a" d="M0 0h8"/></defs><use href="#a" fill="url(#b)"/>');
  expect(
    readLogo(base64(`<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->${drawing}`)),
  ).toMatchObject({
    extension: 'svg',
  });
});

test.each(['GIF89a', '<html><svg></svg></html>', 'hello', ''])('%j is not a logo', (text) => {
  expect(readLogo(base64(text))).toEqual({ problem: 'is neither PNG nor WebP nor SVG' });
});

test('a text of many comments is checked as quickly as any other', () => {
  // If the pattern could match these in several ways, it would take 2^5000 steps and never end.
  const text = '<!-- -->'.repeat(5000);
  expect(readLogo(base64(text))).toMatchObject({ problem: expect.any(String) });
  expect(readLogo(base64(`${text}${svg('')}`))).toMatchObject({ extension: 'svg' });
});

test('a logo above the size limit is refused', () => {
  const large = svg(`<path d="${'M0 0'.repeat(20_000)}"/>`);
  expect(readLogo(base64(large))).toMatchObject({ problem: expect.stringContaining('65536') });
});

describe('an SVG that could run or load something is refused', () => {
  test.each([
    svg('<script>alert(1)</script>'),
    svg('<SCRIPT/>'),
    svg('<x:script xmlns:x="http://www.w3.org/2000/svg"/>'),
    svg('', ' onload="alert(1)"'),
    svg('<path\nonclick = "x()"/>'),
    svg('<foreignObject><p>x</p></foreignObject>'),
    svg('<image href="https://elsewhere.example/x.png"/>'),
    svg('<image xlink:href = "data:image/png;base64,AAAA"/>'),
    svg('<a href="javascript:alert(1)"><path/></a>'),
    svg('<path fill="url(https://elsewhere.example/#a)"/>'),
    svg('<path style="fill: url( \'//elsewhere.example\' )"/>'),
    svg('<style>@import "https://elsewhere.example";</style>'),
    svg('<style>path{fill:\\75rl(x)}</style>'),
    svg('<animate attributeName="href" to="x"/>'),
    `<?xml version="1.0"?><?xml-stylesheet href="x"?>${svg('')}`,
    svg('<!DOCTYPE x>'),
    `<?xml version="1.0" encoding="ISO-2022-JP"?>${svg('<scr\x1b(Bipt>x</scr\x1b(Bipt>')}`,
  ])('%s', (text) => {
    expect(readLogo(base64(text))).toMatchObject({ problem: expect.any(String) });
  });
});
