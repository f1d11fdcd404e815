export type ThemeName = 'light' | 'dark';

const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];

/** Follows the system until the reader chooses; the choice lasts as long as the page is open. */
export function setUpTheme(): void {
  const button = document.getElementById('theme') as HTMLButtonElement;
  const label = () => (button.textContent = current() === 'dark' ? 'Light' : 'Dark');
  button.hidden = false;
  label();
  button.addEventListener('click', () => {
    document.documentElement.dataset['theme'] = current() === 'dark' ? 'light' : 'dark';
    label();
    announce();
  });
  dark.addEventListener('change', () => {
    label();
    announce();
  });
  // Paper is white: canvases have to be painted again for it.
  matchMedia('print').addEventListener('change', announce);
}

/** Calls back whenever colours change, so that canvases can be painted again. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

function current(): ThemeName {
  return (document.documentElement.dataset['theme'] as ThemeName | undefined) ?? (dark.matches ? 'dark' : 'light');
}

function announce(): void {
  for (const listener of listeners) listener();
}

/** Colours for canvases, from the same variables as the rest of the page. */
export interface Palette {
  readonly paper: string;
  readonly sunken: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly ok: string;
  readonly fail: string;
  readonly info: string;
  readonly violation: string;
  readonly fault: string;
  readonly faultLine: string;
  readonly onBar: string;
}

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: color('paper'),
    sunken: color('sunken'),
    ink: color('ink'),
    muted: color('muted'),
    line: color('line'),
    accent: color('accent'),
    ok: color('ok'),
    fail: color('fail'),
    info: color('info'),
    violation: color('violation'),
    fault: color('fault'),
    faultLine: color('fault-line'),
    onBar: color('on-bar'),
  };
}
