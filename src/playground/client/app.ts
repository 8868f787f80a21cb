/** The page: the log-in, behind it the workbench, and word of the connection. */
import { Language, WithoutLanguage } from './language.ts';
import { Session, type SessionState } from './net/session.ts';
import { button, h } from './ui/dom.ts';
import { themeButton } from './ui/theme.ts';
import { LoginView } from './views/login.ts';
import { Workbench } from './workbench.ts';

const address = new URL('/ws', location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const banner = h('div', { class: 'banner', role: 'alert', hidden: true });
const fault = h(
  'div',
  { class: 'banner fault', role: 'alert', hidden: true },
  'What knows the language could not be loaded: queries run, and are not checked. A reload may help.',
);
const language = new Language('/worker.js', () => {
  fault.hidden = false;
  workbench?.unchecked();
});
const corner = h('div', { class: 'corner' }, themeButton());
let workbench: Workbench | null = null;

const session = new Session(address.href, {
  onState: (state, reason) => enter(state, reason),
  onPush: (push) => workbench?.onPush(push),
  onNodeStatus: (status) => tell(status === 'READY' ? null : `The server says ${status}.`),
});

const login = new LoginView((credentials) => session.logIn(credentials));

/** Says something of the connection above the page; null takes it away. */
function tell(text: string | null, ...more: readonly Node[]): void {
  banner.hidden = text === null;
  banner.replaceChildren(text ?? '', ...more);
}

function enter(state: SessionState, reason: string | null): void {
  document.body.dataset['state'] = state;
  if (state === 'lost') {
    tell(
      `${reason ?? ''} It is tried again by and by.`,
      button('Try now', () => void session.reconnect(), { class: 'button small' }),
    );
    return;
  }
  tell(null);
  if (state === 'out') {
    workbench = null;
    document.body.replaceChildren(fault, banner, corner, login.element);
    login.tell(reason);
    login.focus();
  } else if (workbench === null) {
    workbench = new Workbench(session, language, () => session.logOut());
    document.body.replaceChildren(fault, banner, workbench.element);
    if (!fault.hidden) workbench.unchecked();
    begin(workbench.begin());
  } else begin(workbench.resume());
}

/** What goes wrong with the connection is told when it ends. */
function begin(work: Promise<void>): void {
  work.catch(() => {});
}

// Said once, when it was found out.
addEventListener('unhandledrejection', (event) => {
  if (event.reason instanceof WithoutLanguage) event.preventDefault();
});
// What was in the way of a connection may be gone.
addEventListener('online', () => void session.reconnect());

enter('out', null);
