// Keeps the progress page up to date and copies the support code. Without it the page reloads itself.

// Often at first, while a person is looking; rarely later, when the tab was left open.
const PAUSES_MS = [
  { until: 60_000, pause: 1_500 },
  { until: 600_000, pause: 5_000 },
  { until: Infinity, pause: 30_000 },
];

const followed = document.querySelector('[data-follow]');
if (followed instanceof HTMLElement) follow(followed);

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
    // Signed out in another tab, or no longer there: the server knows what to show.
    if (answer?.status === 404) return location.reload();
    if (answer?.ok) show(element, await answer.json());
    next();
  };
  next();
}

function show(element, { stage, isFinal, headline, steps }) {
  if (stage === element.dataset.stage) return;
  const items = element.querySelectorAll('.steps li');
  // Other steps than the page has: it turned out that there are more of them, or none any more.
  if (isFinal || items.length !== steps.length) return location.reload();
  element.dataset.stage = stage;
  document.getElementById('headline').textContent = headline;
  steps.forEach(({ label, state, spoken }, index) => {
    items[index].dataset.state = state;
    items[index].children[1].textContent = label;
    items[index].querySelector('.spoken').textContent = spoken;
  });
}
