// The key "/" puts the cursor into the search box, unless somebody is typing.
'use strict';
document.addEventListener('keydown', (event) => {
  const box = document.getElementById('search-box');
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || typing || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
