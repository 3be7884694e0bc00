// Before the first paint: what the reader chose last time. Small and blocking on purpose.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  try {
    const theme = localStorage.getItem('dojou.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    if (localStorage.getItem('dojou.ruby') === 'off') root.dataset.ruby = 'off';
  } catch {
    // Storage may be forbidden; the system's theme is a good answer.
  }
})();
