/** Light and dark: as the system has it, unless one is chosen. */
import { h } from './dom.ts';
import { kept } from './settings.ts';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '☀', dark: '☾' };

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

function apply(theme: Theme): void {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

/** A button that goes from one to the next. */
export function themeButton(): HTMLButtonElement {
  const saved = kept.get('theme');
  let theme: Theme = isTheme(saved) ? saved : 'system';
  const made = h('button', { type: 'button', class: 'button icon' });
  const tell = (): void => {
    const label = theme === 'system' ? 'Colours: as the system' : `Colours: ${theme}`;
    made.textContent = SIGNS[theme];
    made.title = label;
    made.setAttribute('aria-label', label);
    apply(theme);
  };
  made.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
    kept.set('theme', theme);
    tell();
  });
  tell();
  return made;
}
