// Updates progress pages, keeps form entries, copies the support code. All pages work without this script.

// Often at first, while a person is watching; rarely later, when the tab was left open.
const PAUSES_MS = [
  { until: 60_000, pause: 1_500 },
  { until: 600_000, pause: 5_000 },
  { until: Infinity, pause: 30_000 },
];
/** The longest delay that was observed at Microsoft. After this, the person has to reload. */
const ORDER_PAUSES_MS = [2_000, 3_000, 5_000, 10_000, 20_000, 40_000];
/** Entries are kept in this tab only, under keys with this prefix. */
const KEPT = 'landfall-form:';

const followed = document.querySelector('[data-follow]');
if (followed instanceof HTMLElement) follow(followed);

const waiting = document.querySelector('[data-look-again]');
if (waiting instanceof HTMLElement) lookAgain(waiting.dataset.lookAgain * 1000);

const kept = document.querySelector('form[data-keep]');
if (kept instanceof HTMLFormElement) keepTyping(kept, KEPT + kept.dataset.keep);
// A sent form needs its entries no longer, and nothing remains after sign-out.
if (document.querySelector('[data-stage]')) forgetTyping();
document
  .querySelector('form[action$="/sign-out"]')
  ?.addEventListener('submit', () => forgetTyping());

const account = document.querySelector('details.account');
if (account instanceof HTMLDetailsElement) closeWithOutside(account);

if (document.querySelector('[data-unfinished]')) finishOrder(0);

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source?.textContent ?? '');
  button.textContent = button.dataset.copied;
}

function follow(element) {
  const startedAt = Date.now();
  const next = () => {
    const elapsed = Date.now() - startedAt;
    const { pause } = PAUSES_MS.find(({ until }) => elapsed < until);
    setTimeout(look, pause);
  };
  const look = async () => {
    const answer = await fetch(element.dataset.follow, {
      headers: { accept: 'application/json' },
    }).catch(() => undefined);
    // Signed out in another tab, access removed, or unknown: the server decides what to show.
    if (answer?.status === 404) return location.reload();
    const state = answer?.ok ? await answer.json() : undefined;
    if (state && state.look !== element.dataset.look) await show(element);
    if (element.dataset.follow) next();
  };
  next();
}

/** Reloads the page as soon as its content has changed. */
function lookAgain(pauseMs) {
  setTimeout(async () => {
    const answer = await fetch(location.href, { redirect: 'manual' }).catch(() => undefined);
    const isElsewhere = answer?.type === 'opaqueredirect';
    if (isElsewhere || (answer && (await headingOf(answer)) !== heading(document))) {
      return location.reload();
    }
    return lookAgain(pauseMs);
  }, pauseMs);
}

async function headingOf(answer) {
  return heading(new DOMParser().parseFromString(await answer.text(), 'text/html'));
}

function heading(page) {
  return page.querySelector('h1')?.textContent;
}

/** Updates the page: screen readers announce the headline, and the focus stays where it is. */
async function show(element) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(
    () => undefined,
  );
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-stage]');
  if (!(fresh instanceof HTMLElement)) return location.reload();
  const [part, news] = [element, fresh].map((one) => one.querySelector('[data-part]'));
  const hadFocus = part.contains(document.activeElement);
  const headline = document.getElementById('headline');
  const text = page.getElementById('headline')?.textContent ?? '';
  if (headline.textContent !== text) headline.textContent = text;
  part.replaceChildren(...news.childNodes);
  document.title = page.title;
  element.dataset.stage = fresh.dataset.stage;
  element.dataset.look = fresh.dataset.look;
  if (!fresh.dataset.follow) delete element.dataset.follow;
  if (hadFocus) headline.focus();
}

/** If Microsoft is slow, the price arrives after the page. Only that part is replaced. */
function finishOrder(times) {
  const pause = ORDER_PAUSES_MS[times];
  if (pause === undefined) return;
  setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(
      () => undefined,
    );
    const text = answer?.ok ? await answer.text() : '';
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-order]');
    if (!fresh || fresh.matches('[data-unfinished]')) return finishOrder(times + 1);
    document.querySelector('[data-unfinished]')?.replaceWith(fresh);
  }, pause);
}

/** Closes an open menu if the person clicks elsewhere or presses Escape. */
function closeWithOutside(menu) {
  document.addEventListener('click', ({ target }) => {
    if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

/** The fields that a person fills in, without hidden ones. */
function typedFields(form) {
  return [...form.elements].filter(({ name, type }) => name && type !== 'hidden');
}

function keepTyping(form, name) {
  const typed = JSON.parse(sessionStorage.getItem(name) ?? '{}');
  forgetTyping(name);
  for (const field of typedFields(form)) {
    const value = typed[field.name];
    if (value === undefined) continue;
    if (field.type === 'checkbox') field.checked = value;
    else field.value = value;
  }
  form.addEventListener('input', () => {
    const values = typedFields(form).map((field) => [
      field.name,
      field.type === 'checkbox' ? field.checked : field.value,
    ]);
    sessionStorage.setItem(name, JSON.stringify(Object.fromEntries(values)));
  });
}

/** Deletes all kept entries, or all except those of one form. */
function forgetTyping(except) {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(KEPT) && name !== except) sessionStorage.removeItem(name);
  }
}
