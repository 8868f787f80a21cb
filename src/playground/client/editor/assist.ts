/** Completion, hovers and the parameters of calls, as the worker knows them. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete';
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, showTooltip, type Tooltip, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import type { Language } from '../language.ts';
import type { Proposal, Signature, SourceText } from '../messages.ts';
import { h } from '../ui/dom.ts';
import { markdown } from '../ui/markdown.ts';

/** The text as it is asked about. */
export type SourceOf = (view: { readonly state: EditorView['state'] }) => SourceText;

function completionOf({ label, kind, detail, doc, snippet, boost }: Proposal): Completion {
  const told: Completion = {
    label,
    type: kind,
    boost,
    ...(detail === null ? {} : { detail }),
    ...(doc === null && detail === null
      ? {}
      : {
          info: () => {
            const head = detail === null ? [] : [h('pre', { class: 'code' }, detail)];
            return h('div', { class: 'tip' }, ...head, ...markdown(doc ?? ''));
          },
        }),
  };
  return snippet === null ? told : snippetCompletion(snippet, told);
}

/** After these, what may follow is shown without being asked for. */
const OPENERS = /[.{'"$\w]$/;

export function completion(language: Language, sourceOf: SourceOf): Extension {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    // Variables of the 2019 dialect begin with a dollar sign.
    const word = context.matchBefore(/\$?\w*/);
    const from = word?.from ?? context.pos;
    const before = context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos);
    if (!context.explicit && !OPENERS.test(before)) return null;
    const proposals = await language.ask('complete', { ...sourceOf(context), at: context.pos });
    return proposals.length === 0 ? null : { from, options: proposals.map(completionOf), validFor: /^\$?\w*$/ };
  };
  return autocompletion({ override: [source], icons: false, maxRenderedOptions: 60 });
}

export function hovers(language: Language, sourceOf: SourceOf): Extension {
  return hoverTooltip(async (view, at): Promise<Tooltip | null> => {
    const hint = await language.ask('hover', { ...sourceOf(view), at });
    if (hint === null) return null;
    return { pos: hint.from, end: hint.to, above: true, create: () => ({ dom: h('div', { class: 'tip' }, ...markdown(hint.doc)) }) };
  });
}

const setSignature = StateEffect.define<{ readonly at: number; readonly signature: Signature } | null>();

function signatureTip({ label, active }: Signature): HTMLElement {
  if (active === null) return h('div', { class: 'tip signature' }, label);
  const [from, to] = active;
  return h('div', { class: 'tip signature' }, label.slice(0, from), h('strong', {}, label.slice(from, to)), label.slice(to));
}

const signatureField = StateField.define<Tooltip | null>({
  create: () => null,
  update(present, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setSignature)) continue;
      if (effect.value === null) return null;
      const { at, signature } = effect.value;
      return { pos: at, above: true, create: () => ({ dom: signatureTip(signature) }) };
    }
    return present === null ? null : { ...present, pos: transaction.changes.mapPos(present.pos) };
  },
  provide: (field) => showTooltip.from(field),
});

/** Whether the cursor may stand between the parentheses of a call, by what is written before it; the worker knows for sure. */
function mayBeInCall(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const before = view.state.sliceDoc(Math.max(0, head - 400), head);
  return (before.match(/\(/g)?.length ?? 0) > (before.match(/\)/g)?.length ?? 0);
}

/** Shows the parameters of the call around the cursor while it is being written. */
export function signatures(language: Language, sourceOf: SourceOf): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      private isShown = false;
      private asked = 0;

      update(update: ViewUpdate): void {
        if (update.docChanged || (update.selectionSet && this.isShown)) this.refresh(update.view);
      }

      private refresh(view: EditorView): void {
        this.asked += 1;
        const question = this.asked;
        const at = view.state.selection.main.head;
        const isAsked = view.state.selection.main.empty && mayBeInCall(view);
        const found = isAsked ? language.ask('signature', { ...sourceOf(view), at }) : Promise.resolve(null);
        void found.then((signature) => {
          if (question !== this.asked || (signature === null && !this.isShown)) return;
          this.isShown = signature !== null;
          view.dispatch({ effects: setSignature.of(signature === null ? null : { at, signature }) });
        });
      }
    },
  );
  return [signatureField, plugin];
}

/** Takes the parameters away; tells whether there were some. */
export function closeSignature(view: EditorView): boolean {
  if (view.state.field(signatureField) === null) return false;
  view.dispatch({ effects: setSignature.of(null) });
  return true;
}
