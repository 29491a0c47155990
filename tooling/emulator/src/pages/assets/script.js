// Keeps the parts of a page that are marked `data-live` up to date, and submits forms that only
// forward a response. Every page also works without this script.
const REFRESH_MS = 1500;

for (const form of document.querySelectorAll('form[data-auto-submit]')) form.submit();

async function refresh(part) {
  if (document.hidden) return;
  const response = await fetch(part.dataset.live, { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  const html = await response.text();
  if (html === part.dataset.shown) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : undefined;
  // Someone is choosing a value or pressing a button, so the part is not replaced now.
  if (focused?.matches('input, select') || part.matches(':active')) return;
  const action = focused?.form?.getAttribute('action');
  const href = focused?.getAttribute('href');
  part.dataset.shown = html;
  part.innerHTML = html;
  if (action) part.querySelector(`form[action="${CSS.escape(action)}"] button`)?.focus();
  else if (href) part.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
}

for (const part of document.querySelectorAll('[data-live]')) {
  const again = () => {
    refresh(part)
      .catch(() => undefined)
      .finally(() => setTimeout(again, REFRESH_MS));
  };
  setTimeout(again, REFRESH_MS);
}
