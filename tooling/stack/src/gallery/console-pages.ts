/** A page of the console, for `npm run screenshots`. */
export interface ConsolePage {
  /** Usable as a file name. */
  readonly name: string;
  /** Below `/console`. */
  readonly path: string;
  /** What a viewer should find on it. */
  readonly shows: string;
}

/** One line per page. The stack has the first purchases of `npm start`. */
export const consolePages: readonly ConsolePage[] = [
  { name: 'console-home', path: '/', shows: 'the first page, with the menu' },
  { name: 'console-destinations', path: '/destinations', shows: 'where events are delivered' },
];
