// Single keys, unless somebody is typing: "/", "n", "?" lead where the page says (data-key), into a box or to another page.
// What is being filled in stays where it is: then the other page opens beside it.
'use strict';
const fields = 'input, textarea, select, [contenteditable]';

const isFilledIn = () => document.getElementById('entry') !== null ||
  [...document.querySelectorAll('main form[method="post"] :is(input:not([type="hidden"], [type="checkbox"], [type="radio"]), textarea)')]
    .some((field) => field.value !== field.defaultValue);

document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.closest(fields);
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  const at = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!at) return;
  event.preventDefault();
  if (at.matches('input')) {
    at.focus();
    at.select();
  } else if (isFilledIn()) {
    window.open(at.href, '_blank', 'noopener');
  } else {
    location.assign(at.href);
  }
});
