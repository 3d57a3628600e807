// Theme, language return address, skip link, password reveal and copy buttons: the few things that must work on every page,
// with or without a circuit. No inline scripts anywhere, so that the content security policy can forbid them.
(() => {
  'use strict';

  const year = 365 * 24 * 60 * 60;

  function currentTheme() {
    const chosen = document.documentElement.dataset.theme;
    if (chosen) return chosen;
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }

  function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    document.cookie = `futago.theme=${theme}; path=/; max-age=${year}; samesite=lax`;
    for (const sheet of document.querySelectorAll('[data-theme-sheet]'))
      sheet.media = sheet.dataset.themeSheet === theme ? 'all' : 'not all';
  }

  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without a secure context there is no clipboard API: select the text, so that Ctrl-C takes it.
      getSelection().selectAllChildren(source);
      document.execCommand('copy');
    }
    button.dataset.copied = 'true';
    setTimeout(() => delete button.dataset.copied, 2000);
  }

  document.addEventListener('click', event => {
    const element = event.target.closest('[data-theme-toggle],[data-skip-link],[data-reveal],[data-copy],.reload');
    if (!element) return;
    if (element.matches('[data-theme-toggle]')) {
      setTheme(currentTheme() === 'dark' ? 'light' : 'dark');
    } else if (element.matches('[data-skip-link]')) {
      event.preventDefault();
      document.getElementById('main')?.focus();
    } else if (element.matches('[data-reveal]')) {
      const input = document.getElementById(element.dataset.reveal);
      const shown = input.type === 'password';
      input.type = shown ? 'text' : 'password';
      element.setAttribute('aria-pressed', String(shown));
      element.querySelector('.rzi').textContent = shown ? 'visibility_off' : 'visibility';
    } else if (element.matches('[data-copy]')) {
      copy(element);
    } else {
      event.preventDefault();
      location.reload();
    }
  });

  // Called by pages, which live in the circuit: they can neither end the cookie nor see what has the focus.
  const focused = [];
  const dialogs = () => document.querySelectorAll('.rz-dialog').length;
  globalThis.futago = {
    signOut: () => document.getElementById('sign-out-form').requestSubmit(),
    keepFocus: () => { focused.push({ element: document.activeElement, depth: dialogs() }); },
    returnFocus: () => {
      const { element, depth } = focused.pop();
      // What the dialog was opened from may have gone with a row of a table.
      const focus = () => (element?.isConnected ? element : document.getElementById('main'))?.focus({ preventScroll: true });
      focus();
      // A dialog that is still there may take the focus once more, and takes it along when it goes.
      if (dialogs() <= depth) return;
      const leaving = new MutationObserver(() => {
        if (dialogs() > depth) return;
        leaving.disconnect();
        if (document.activeElement === document.body) focus();
      });
      leaving.observe(document.documentElement, { childList: true, subtree: true });
    },
  };

  // Dialogs take the focus with their first frame and answer Escape from it on. The component library does both half a second
  // later: an Enter in between would press the button behind the dialog once more.
  const fields = 'input:not([type=hidden]),select,textarea,button,a[href],[tabindex="0"]';
  const topDialog = () => [...document.querySelectorAll('.rz-dialog')].pop();
  const entered = new WeakSet();

  function enterDialog() {
    const dialog = topDialog();
    if (!dialog || entered.has(dialog)) return;
    // While it reads what its fields will show, the first thing in it is Cancel: the dialog itself holds the focus until they are there.
    const reading = dialog.querySelector('form[aria-busy="true"]') !== null;
    const first = !reading && [...dialog.querySelectorAll(`.rz-dialog-content :is(${fields})`)].find(field => !field.disabled && field.checkVisibility());
    if (first) {
      entered.add(dialog);
      first.focus();
    } else if (!dialog.contains(document.activeElement)) {
      dialog.tabIndex = -1;
      dialog.focus();
    }
  }

  new MutationObserver(enterDialog).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    // Seen on its way down: a drop-down that Escape closes is still open now, and the dialog stays.
    const openPopup = [...document.querySelectorAll('.rz-popup,.rz-overlaypanel')].some(popup => popup.checkVisibility());
    if (!openPopup) topDialog()?.querySelector('.rz-dialog-titlebar-close')?.click();
  }, true);

  document.addEventListener('submit', event => {
    const address = event.target.querySelector('[data-current-address]');
    if (address) address.value = location.pathname + location.search;
  });
})();
