import type destinations from './destinations/en.json';
import type home from './home/en.json';
import type parts from './parts/en.json';
import type shell from './shell/en.json';

/** Every area of words: a folder here with a file per language. English is the source of the keys. */
export interface Areas {
  readonly destinations: typeof destinations;
  readonly home: typeof home;
  readonly parts: typeof parts;
  readonly shell: typeof shell;
}

export type Area = keyof Areas;

/** `area.key`, as in `destinations.title`. */
export type WordKey = {
  [Name in Area]: `${Name}.${keyof Areas[Name] & string}`;
}[Area];
