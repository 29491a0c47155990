import type calendar from './calendar/en.json';
import type deliveries from './deliveries/en.json';
import type destinations from './destinations/en.json';
import type home from './home/en.json';
import type inbox from './inbox/en.json';
import type operations from './operations/en.json';
import type mails from './mails/en.json';
import type matters from './matters/en.json';
import type local from './local/en.json';
import type pages from './pages/en.json';
import type parts from './parts/en.json';
import type reconciliation from './reconciliation/en.json';
import type rules from './rules/en.json';
import type shell from './shell/en.json';
import type subscriptions from './subscriptions/en.json';
import type access from './access/en.json';
import type system from './system/en.json';
import type catalogue from './catalogue/en.json';
import type usage from './usage/en.json';

/** Every area of words: a folder here with a file per language. English is the source of the keys. */
export interface Areas {
  readonly calendar: typeof calendar;
  readonly deliveries: typeof deliveries;
  readonly destinations: typeof destinations;
  readonly home: typeof home;
  readonly inbox: typeof inbox;
  readonly operations: typeof operations;
  readonly mails: typeof mails;
  readonly matters: typeof matters;
  readonly local: typeof local;
  readonly pages: typeof pages;
  readonly parts: typeof parts;
  readonly reconciliation: typeof reconciliation;
  readonly rules: typeof rules;
  readonly shell: typeof shell;
  readonly subscriptions: typeof subscriptions;
  readonly access: typeof access;
  readonly system: typeof system;
  readonly catalogue: typeof catalogue;
  readonly usage: typeof usage;
}

export type Area = keyof Areas;

/** `area.key`, as in `destinations.title`. */
export type WordKey = {
  [Name in Area]: `${Name}.${keyof Areas[Name] & string}`;
}[Area];
