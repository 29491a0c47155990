import type { Catalog, CatalogColumn, CatalogTable } from './catalog.ts';

/**
 * Everything in the new schemas that may break code written for the old ones: it would read what is gone, or write rows that are
 * now refused. Empty if the migrations between them only expand, so that both releases can run on the new schemas. Pure.
 */
export function contractions(before: Catalog, after: Catalog): string[] {
  return Object.entries(before).flatMap(([name, old]) => {
    const now = after[name];
    if (!now) return [`${name} is gone`];
    return [...inColumns(old, now), ...inRules(old, now)].map((what) => `${name}: ${what}`);
  });
}

function inColumns(old: CatalogTable, now: CatalogTable): string[] {
  const known = Object.entries(old.columns).flatMap(([name, was]) => {
    const what = differenceIn(was, now.columns[name]);
    return what === undefined ? [] : [`column ${name} ${what}`];
  });
  const added = Object.entries(now.columns).filter(([name]) => !old.columns[name]);
  const needed = added.filter(([, { isRequired, hasDefault }]) => isRequired && !hasDefault);
  return [...known, ...needed.map(([name]) => `new column ${name} is required, without a default`)];
}

function differenceIn(was: CatalogColumn, is: CatalogColumn | undefined): string | undefined {
  if (!is) return 'is gone';
  if (is.type !== was.type) return `was ${was.type} and is ${is.type}`;
  if (is.isRequired && !was.isRequired) return 'is required now';
  return is.isRequired && was.hasDefault && !is.hasDefault ? 'has lost its default' : undefined;
}

/** Old inserts leave new columns null, so a rule on new columns alone does not concern them. */
function inRules(old: CatalogTable, now: CatalogTable): string[] {
  const before = new Set(old.rules.map(({ definition }) => definition));
  const after = new Set(now.rules.map(({ definition }) => definition));
  const added = now.rules
    .filter(({ definition }) => !before.has(definition))
    .filter(({ columns }) => columns.length === 0 || columns.some((name) => old.columns[name]))
    .map(({ kind, definition }) => `new ${kind}: ${definition}`);
  // `on conflict` names the columns of a unique rule. The end of any other rule only allows more.
  const ended = old.rules
    .filter(({ kind, definition }) => kind === 'unique' && !after.has(definition))
    .map(({ definition }) => `no longer unique: ${definition}`);
  const triggers = now.triggers
    .filter((trigger) => !old.triggers.includes(trigger))
    .map((trigger) => `new trigger: ${trigger}`);
  return [...added, ...ended, ...triggers];
}
