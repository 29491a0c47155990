// The link of an invitation has its code after #, which browsers do not send.
const invitation = document.querySelector('[data-invitation]');
if (invitation && location.hash.length > 1) {
  invitation.elements.namedItem('invitation').value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
}
