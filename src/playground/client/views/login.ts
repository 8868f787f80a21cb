/** The log-in: a user with a password, or a token. */
import type { Credentials } from '../net/session.ts';
import { freshId, h } from '../ui/dom.ts';

type Way = 'password' | 'token';

export class LoginView {
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  private readonly submit = h('button', { class: 'button primary wide' }, 'Log in');
  private readonly user: HTMLInputElement;
  private readonly password: HTMLInputElement;
  private readonly token: HTMLInputElement;
  private readonly groups: Readonly<Record<Way, HTMLElement>>;
  private way: Way = 'password';

  /** `logIn` rejects with an error for people. */
  constructor(logIn: (credentials: Credentials) => Promise<void>) {
    const field = (label: string, type: string, complete: string): { readonly input: HTMLInputElement; readonly row: HTMLElement } => {
      const id = freshId('login');
      const input = h('input', { id, type, class: 'input', autocomplete: complete, spellcheck: 'false', autocapitalize: 'off' });
      return { input, row: h('div', { class: 'field' }, h('label', { for: id }, label), input) };
    };
    const user = field('User', 'text', 'username');
    const password = field('Password', 'password', 'current-password');
    const token = field('Token', 'password', 'off');
    [this.user, this.password, this.token] = [user.input, password.input, token.input];
    this.groups = { password: h('div', {}, user.row, password.row), token: h('div', {}, token.row) };
    const way = (value: Way, label: string): HTMLElement => {
      const radio = h('input', {
        type: 'radio',
        name: 'way',
        value,
        checked: value === 'password',
        on: { change: () => this.choose(value) },
      });
      return h('label', { class: 'way' }, radio, label);
    };
    const ways = h(
      'fieldset',
      { class: 'ways' },
      h('legend', { class: 'hidden' }, 'Log in with'),
      way('password', 'User and password'),
      way('token', 'Token'),
    );
    const send = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.send(logIn);
    };
    this.form = h('form', { class: 'login', 'aria-label': 'Log in', on: { submit: send } });
    this.form.append(
      h('h1', {}, h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }), 'thingsc playground'),
      ways,
      this.groups.password,
      this.groups.token,
      this.problem,
      this.submit,
    );
    this.element = h('main', { class: 'login-page' }, this.form);
    this.choose('password');
  }

  private choose(way: Way): void {
    this.way = way;
    this.groups.password.hidden = way !== 'password';
    this.groups.token.hidden = way !== 'token';
  }

  private credentials(): Credentials {
    return this.way === 'token' ? { token: this.token.value.trim() } : { user: this.user.value, password: this.password.value };
  }

  private async send(logIn: (credentials: Credentials) => Promise<void>): Promise<void> {
    this.tell(null);
    this.submit.disabled = true;
    try {
      await logIn(this.credentials());
      this.password.value = '';
      this.token.value = '';
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
      (this.way === 'token' ? this.token : this.password).select();
    } finally {
      this.submit.disabled = false;
    }
  }

  tell(problem: string | null): void {
    this.problem.hidden = problem === null;
    this.problem.textContent = problem ?? '';
  }

  focus(): void {
    (this.way === 'token' ? this.token : this.user).focus();
  }
}
