// An administrator leaves this page open for weeks: keep trying to reach the node for as long as the page is there.
Blazor.start({
  circuit: {
    reconnectionOptions: { maxRetries: Number.MAX_SAFE_INTEGER, retryIntervalMilliseconds: 2000 },
  },
});

// A node that has restarted does not know the old circuit. With a notice of our own the framework only marks it so.
(() => {
  'use strict';

  const notice = document.getElementById('components-reconnect-modal');
  const over = ['components-reconnect-rejected', 'components-reconnect-failed', 'components-reconnect-resume-failed'];
  new MutationObserver(() => {
    if (over.some(name => notice.classList.contains(name))) location.reload();
  }).observe(notice, { attributes: true, attributeFilter: ['class'] });
})();
