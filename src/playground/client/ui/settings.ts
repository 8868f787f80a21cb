/** What the page remembers: looks for good, texts as long as the window is open. Credentials are never kept. */

function read(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(`thingsc.${key}`);
  } catch {
    // A browser may be set not to keep anything.
    return null;
  }
}

function write(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(`thingsc.${key}`, value);
  } catch {}
}

export const kept = {
  get: (key: 'theme' | 'scope' | 'side' | 'top'): string | null => read(localStorage, key),
  set: (key: 'theme' | 'scope' | 'side' | 'top', value: string): void => write(localStorage, key, value),
};

export const ofWindow = {
  get: (key: 'text' | 'dialect' | 'variables'): string | null => read(sessionStorage, key),
  set: (key: 'text' | 'dialect' | 'variables', value: string): void => write(sessionStorage, key, value),
};
