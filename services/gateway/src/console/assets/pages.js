// The link of an invitation has its code after #, which browsers do not send.
const invitation = document.querySelector('[data-invitation]');
if (invitation && location.hash.length > 1) {
  invitation.elements.namedItem('invitation').value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
}

for (const block of document.querySelectorAll('[data-copyable]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'Copy';
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(block.textContent).then(() => {
      button.textContent = 'Copied';
    });
  });
  block.after(button);
}
