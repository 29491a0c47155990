import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Browsers } from '../browser/browsers.ts';
import { playFirstPurchases } from '../fixture/seed.ts';
import { buildConsole } from '../launch/console-build.ts';
import { openFolder } from '../launch/folder.ts';
import { UsageError } from '../options.ts';
import type { StackDescription } from '../launch/stack-file.ts';
import { stopSignal } from '../stop-signal.ts';
import { openThrowAwayStack } from '../launch/throw-away-stack.ts';
import { consoleStates } from './console-pages.ts';
import { contactSheet } from './contact-sheet.ts';
import { guidePictures, guideSize, type GuidePicture } from './guide-pictures.ts';
import { GalleryFixture, type PageState } from './fixture.ts';
import { sizes } from './sizes.ts';
import { pageStates } from './states/all.ts';

const help = `Usage: npm run screenshots [-- flags]

Starts a separate stack in a temporary folder, opens every page and state that a buyer can see
and every page of the console in a browser, and saves a picture of each in ${sizes.map(({ width }) => width).join(', ')} px, light and dark.
The folder's index.html shows all pictures.

  --only WORDS      only states with these words in their name
  --language CODE   en, de, fr, es, nl or ja (default en)
  --to FOLDER       folder for the pictures (default .landfall/screenshots)
  --guides          only the pictures of docs/, in the one size that the guides show
  --help            show this text
`;

type Shown = Pick<PageState, 'name' | 'reach'>;

const guideFolder = fileURLToPath(new URL('../../../../docs/pictures', import.meta.url));

interface Shoot {
  readonly stack: StackDescription;
  readonly browsers: Browsers;
  readonly language: string;
  readonly folder: string;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = 1;
  const text = error instanceof UsageError ? error.message : String((error as Error).stack);
  process.stderr.write(`${text}\n`);
}

async function main(): Promise<number> {
  const { only, language, to, guides, help: isHelp } = readFlags();
  if (isHelp) {
    process.stdout.write(help);
    return 0;
  }
  const all = [...pageStates, ...consoleStates];
  const pictureOf = (name: string) => guidePictures.find(({ state }) => state === name);
  const chosen = all.filter(({ name }) => name.includes(only) && (!guides || pictureOf(name)));
  if (chosen.length === 0) {
    const names = all.map(({ name }) => `  ${name}`).join('\n');
    throw new UsageError(`There is no state called "${only}". The states are:\n${names}`);
  }
  const usual = guides ? guideFolder : openFolder().path('screenshots');
  const folder = path.resolve(to ?? usual);
  mkdirSync(folder, { recursive: true });
  const hasConsole = consoleStates.some((state) => chosen.includes(state));
  await using own = await openStack({ hasConsole });
  const failed: string[] = [];
  for (const [index, state] of chosen.entries()) {
    const shoot = { stack: own.stack, browsers: own.browsers, language, folder };
    const place = `${String(index + 1).padStart(2)} of ${chosen.length}`;
    const picture = guides ? pictureOf(state.name) : undefined;
    const shot = picture ? shootForGuide(shoot, state, picture) : shootState(shoot, state);
    const problem = await shot.then(() => undefined, String);
    process.stdout.write(`${place}  ${problem ? '✗' : '✓'} ${state.name}  ${problem ?? ''}\n`);
    if (problem) failed.push(state.name);
  }
  if (!guides) writeFileSync(path.join(folder, 'index.html'), await contactSheet(chosen));
  process.stdout.write(`\n${guides ? folder : `${folder}/index.html`}\n`);
  if (process.connected) process.disconnect();
  return failed.length > 0 ? 1 : 0;
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', default: '' },
        language: { type: 'string', default: 'en' },
        to: { type: 'string' },
        guides: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the flags cannot be read';
    throw new UsageError(`${why}\n\n${help}`, { cause });
  }
}

/**
 * Starts a separate stack, because the states inject faults, move the clock and leave a hundred
 * purchases behind.
 */
async function openStack({ hasConsole }: { readonly hasConsole: boolean }) {
  await using opened = new AsyncDisposableStack();
  const print = (line: string) => process.stderr.write(`  ${line}\n`);
  const stopAsked = stopSignal();
  const building = hasConsole ? buildConsole(stopAsked) : undefined;
  const running = opened.use(await openThrowAwayStack(print, stopAsked));
  if (hasConsole) {
    await playFirstPurchases(running.description, print);
    const problem = await building;
    if (problem) print(problem);
  }
  const browsers = opened.use(new Browsers());
  const kept = opened.move();
  return {
    stack: running.description,
    browsers,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function shootState(shoot: Shoot, state: Shown): Promise<void> {
  const { folder } = shoot;
  await using open = await reach(shoot, state);
  const { page } = open;
  for (const { name: size, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const file = path.join(folder, `${state.name}.${size}.${colorScheme}.png`);
      await page.screenshot({ path: file, fullPage: true });
    }
  }
}

async function shootForGuide(shoot: Shoot, state: Shown, picture: GuidePicture): Promise<void> {
  await using open = await reach(shoot, state);
  const { page } = open;
  await page.setViewportSize({ ...guideSize, height: picture.height ?? guideSize.height });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.screenshot({ path: path.join(shoot.folder, picture.file) });
}

async function reach({ stack, browsers, language }: Shoot, state: Shown) {
  await using opened = new AsyncDisposableStack();
  const lent = opened.use(await browsers.borrow());
  const given = { locale: language, reducedMotion: 'reduce' } as const;
  const fixture = opened.use(new GalleryFixture(stack, lent.browser, given));
  const page = await state.reach(fixture);
  const kept = opened.move();
  return { page, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
