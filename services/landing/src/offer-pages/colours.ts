import type { StoredOfferPage } from '@landfall/contracts/offer-page';

export type Colours = NonNullable<NonNullable<StoredOfferPage['branding']>['colours']>;

/** WCAG 2.2, success criterion 1.4.3, level AA, for text of any size. */
const MIN_CONTRAST = 4.5;
/** The backgrounds of links in `landing.css`: page and cards. */
export const backgrounds = {
  light: ['#f6f7f9', '#ffffff'],
  dark: ['#12161c', '#1b212a'],
} as const;
/** Small enough to stay close to the publisher's colour, and at most fifty steps to white. */
const LIGHTER_STEP = 0.02;

export interface ColourProblem {
  readonly field: keyof Colours;
  readonly message: string;
}

/** The given colours that are not readable. Colours that are not given are computed to be readable. */
export function colourProblems(colours: Colours): ColourProblem[] {
  const { accentDark } = colours;
  const { light, dark } = schemesOf(colours);
  return [
    ...onBackgrounds('accent', colours.accent, backgrounds.light),
    ...(accentDark ? onBackgrounds('accentDark', accentDark, backgrounds.dark) : []),
    ...(colours.onAccent ? onButton('onAccent', light) : []),
    ...(colours.onAccentDark ? onButton('onAccentDark', dark) : []),
  ];
}

/** A stylesheet that is loaded after ours, because our CSP forbids inline styles. */
export function stylesheetOf(colours: Colours): string {
  const { light, dark } = schemesOf(colours);
  return [
    `:root {\n  ${propertiesOf(light)}\n}\n`,
    `@media (prefers-color-scheme: dark) {\n  :root {\n    ${propertiesOf(dark)}\n  }\n}\n`,
  ].join('\n');
}

/** Ratio of the relative luminances, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

interface Scheme {
  readonly accent: string;
  readonly onAccent: string;
}

function schemesOf(colours: Colours): { readonly light: Scheme; readonly dark: Scheme } {
  const { accent, onAccent = readableOn(accent) } = colours;
  const accentDark = colours.accentDark ?? lightened(accent);
  const onAccentDark = colours.onAccentDark ?? readableOn(accentDark);
  return { light: { accent, onAccent }, dark: { accent: accentDark, onAccent: onAccentDark } };
}

function propertiesOf({ accent, onAccent }: Scheme): string {
  return `--accent: ${accent.toLowerCase()}; --on-accent: ${onAccent.toLowerCase()};`;
}

function onBackgrounds(
  field: keyof Colours,
  colour: string,
  grounds: readonly string[],
): ColourProblem[] {
  const worst = grounds.toSorted((a, b) => contrast(colour, a) - contrast(colour, b))[0] ?? colour;
  return tooLow(field, colour, worst);
}

function onButton(field: keyof Colours, { accent, onAccent }: Scheme): ColourProblem[] {
  return tooLow(field, onAccent, accent);
}

function tooLow(field: keyof Colours, colour: string, ground: string): ColourProblem[] {
  const ratio = contrast(colour, ground);
  if (ratio >= MIN_CONTRAST) return [];
  // Rounded down, so that 4.499 is not shown as 4.5.
  const shown = (Math.floor(ratio * 100) / 100).toFixed(2);
  const message = `${colour} on ${ground} has a contrast of ${shown}:1, at least ${MIN_CONTRAST}:1 is needed`;
  return [{ field, message }];
}

/** Black or white: one of them always has a contrast of at least 4.58:1. */
function readableOn(colour: string): string {
  return contrast('#ffffff', colour) >= MIN_CONTRAST ? '#ffffff' : '#000000';
}

/** The colour itself if it is readable on dark backgrounds, otherwise mixed with white until it is. */
function lightened(colour: string): string {
  for (let share = 0; share < 1; share += LIGHTER_STEP) {
    const mixed = mixWithWhite(colour, share);
    if (onBackgrounds('accentDark', mixed, backgrounds.dark).length === 0) return mixed;
  }
  return '#ffffff';
}

function mixWithWhite(colour: string, share: number): string {
  const parts = channels(colour).map((part) => Math.round(part + (255 - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
