/** The editor of the file pane: CodeMirror, in the colours of the bench. Fetched when a file is opened. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  LanguageDescription,
  LanguageSupport,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { lineBreakOf } from './files-text.ts';
import { lang } from './language.ts';
import { EDITOR_JA } from './words-files.ts';

export interface EditorEvents {
  /** The text of the file that is shown differs from what was saved, or no longer does. */
  readonly dirty: (path: string, dirty: boolean) => void;
  /** Ctrl+S, ⌘S. */
  readonly save: () => void;
}

interface Kept {
  readonly state: EditorState;
  readonly saved: Text;
}

export class Editor {
  readonly #view: EditorView;
  readonly #events: EditorEvents;
  /** Texts with their undo steps, of files that were opened and are not in sight. */
  readonly #kept = new Map<string, Kept>();
  readonly #mayWrite = new Compartment();
  readonly #languages = new Compartment();
  readonly #save = (): boolean => {
    this.#events.save();
    return true;
  };
  #path: string | null = null;
  #saved: Text = EditorState.create().doc;
  #readOnly = true;

  constructor(parent: HTMLElement, events: EditorEvents) {
    this.#events = events;
    this.#view = new EditorView({ parent });
  }

  /** Shows a file that was kept, or this text of one that is new to it. */
  show(path: string, text: string, label: string): void {
    this.#put();
    const kept = this.#kept.get(path);
    const state = kept?.state ?? this.#stateOf(path, text, label);
    this.#path = path;
    this.#saved = kept?.saved ?? state.doc;
    this.#view.setState(state);
    this.setReadOnly(this.#readOnly);
    if (kept === undefined) this.#learn(path);
  }

  has(path: string): boolean {
    return path === this.#path || this.#kept.has(path);
  }

  /** As it would be saved, line breaks included. */
  text(path: string): string {
    const state = path === this.#path ? this.#view.state : this.#kept.get(path)?.state;
    return state?.sliceDoc() ?? '';
  }

  /** What was sent has been saved; what was typed meanwhile has not. */
  savedAs(path: string, text: string): void {
    const state = path === this.#path ? this.#view.state : this.#kept.get(path)?.state;
    if (state === undefined) return;
    const saved = state.toText(text);
    if (path === this.#path) this.#saved = saved;
    else this.#kept.set(path, { state, saved });
    this.#events.dirty(path, !state.doc.eq(saved));
  }

  /** The file is another one now. It can be undone, as a change of one's own. */
  replace(path: string, text: string): void {
    if (path !== this.#path) {
      this.#kept.delete(path);
      return;
    }
    const { state } = this.#view;
    const { anchor } = state.selection.main;
    const insert = state.toText(text);
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert },
      selection: { anchor: Math.min(anchor, insert.length) },
    });
    this.savedAs(path, text);
  }

  forget(path: string): void {
    this.#kept.delete(path);
    if (path === this.#path) this.#path = null;
  }

  setReadOnly(readOnly: boolean): void {
    this.#readOnly = readOnly;
    if (this.#path === null) return;
    this.#view.dispatch({ effects: this.#mayWrite.reconfigure(EditorState.readOnly.of(readOnly)) });
  }

  focus(): void {
    this.#view.focus();
  }

  #put(): void {
    if (this.#path !== null) this.#kept.set(this.#path, { state: this.#view.state, saved: this.#saved });
  }

  #stateOf(path: string, text: string, label: string): EditorState {
    return EditorState.create({
      doc: text,
      extensions: [
        this.#mayWrite.of(EditorState.readOnly.of(this.#readOnly)),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorState.lineSeparator.of(lineBreakOf(text)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.#events.dirty(path, !update.state.doc.eq(this.#saved));
        }),
        keymap.of([
          { key: 'Mod-s', preventDefault: true, run: this.#save },
          // Tab is left to the browser, so that nobody is caught in here.
          ...defaultKeymap,
          ...historyKeymap,
          ...searchKeymap,
        ]),
        this.#languages.of([]),
        lang === 'ja' ? EditorState.phrases.of(EDITOR_JA) : [],
        ...LOOK,
      ],
    });
  }

  /** Colours come when their language has been fetched. */
  #learn(path: string): void {
    const described = LanguageDescription.matchFilename(LANGUAGES, path.slice(path.lastIndexOf('/') + 1));
    void described?.load().then((support) => {
      if (path !== this.#path) return;
      this.#view.dispatch({ effects: this.#languages.reconfigure(support) });
    });
  }
}

const legacy = (load: () => Promise<Parameters<typeof StreamLanguage.define>[0]>) => async () =>
  new LanguageSupport(StreamLanguage.define(await load()));

const LANGUAGES: readonly LanguageDescription[] = [
  LanguageDescription.of({
    name: 'YAML',
    extensions: ['yaml', 'yml'],
    load: async () => (await import('@codemirror/lang-yaml')).yaml(),
  }),
  LanguageDescription.of({
    name: 'JSON',
    extensions: ['json'],
    load: async () => (await import('@codemirror/lang-json')).json(),
  }),
  LanguageDescription.of({
    name: 'Python',
    extensions: ['py'],
    load: async () => (await import('@codemirror/lang-python')).python(),
  }),
  LanguageDescription.of({
    name: 'JavaScript',
    extensions: ['js', 'mjs', 'cjs', 'ts', 'mts', 'jsx', 'tsx'],
    load: async () =>
      (await import('@codemirror/lang-javascript')).javascript({ typescript: true, jsx: true }),
  }),
  LanguageDescription.of({
    name: 'SQL',
    extensions: ['sql'],
    load: async () => (await import('@codemirror/lang-sql')).sql(),
  }),
  LanguageDescription.of({
    name: 'Shell',
    extensions: ['sh', 'bash'],
    filename: /^\.(bashrc|profile|bash_profile)$/,
    load: legacy(async () => (await import('@codemirror/legacy-modes/mode/shell')).shell),
  }),
  LanguageDescription.of({
    name: 'Dockerfile',
    filename: /^(Dockerfile|Containerfile)/,
    load: legacy(async () => (await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile),
  }),
  LanguageDescription.of({
    name: 'TOML',
    extensions: ['toml'],
    load: legacy(async () => (await import('@codemirror/legacy-modes/mode/toml')).toml),
  }),
  LanguageDescription.of({
    name: 'nginx',
    extensions: ['conf'],
    load: legacy(async () => (await import('@codemirror/legacy-modes/mode/nginx')).nginx),
  }),
  LanguageDescription.of({
    name: 'properties',
    extensions: ['ini', 'properties', 'env', 'cfg'],
    load: legacy(async () => (await import('@codemirror/legacy-modes/mode/properties')).properties),
  }),
];

const COLOURS = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: 'var(--night-soft)' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.tagName], color: 'var(--night-indigo)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--night-moss)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--night-persimmon)' },
  {
    tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName), tags.typeName],
    color: 'var(--night-soil)',
  },
  { tag: tags.invalid, textDecoration: 'underline wavy' },
]);

const LOOK = [
  lineNumbers(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  drawSelection(),
  history(),
  bracketMatching(),
  indentOnInput(),
  search({ top: true }),
  highlightSelectionMatches(),
  syntaxHighlighting(COLOURS),
  EditorView.lineWrapping,
  EditorView.theme(
    {
      '&': { height: '100%', color: 'var(--night-ink)', backgroundColor: 'var(--night)' },
      '&.cm-focused': { outline: '2px solid var(--night-indigo)', outlineOffset: '-2px' },
      '.cm-scroller': {
        fontFamily: 'var(--face-code)',
        lineHeight: '1.6',
        overscrollBehavior: 'contain',
      },
      '.cm-content': { caretColor: 'var(--night-persimmon)' },
      '.cm-cursor': { borderLeft: '2px solid var(--night-persimmon)' },
      '.cm-gutters': {
        backgroundColor: 'var(--night)',
        color: 'var(--night-soft)',
        borderRight: '1px solid var(--night-line)',
      },
      '.cm-activeLine, .cm-activeLineGutter': {
        backgroundColor: 'color-mix(in srgb, var(--night-ink) 6%, transparent)',
      },
      '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
        backgroundColor: 'color-mix(in srgb, var(--night-indigo) 35%, transparent)',
      },
      '.cm-panels': { backgroundColor: 'var(--night-raised)', color: 'var(--night-ink)' },
      '.cm-panels input, .cm-panels button': {
        background: 'var(--night)',
        color: 'var(--night-ink)',
        border: '1px solid var(--night-edge)',
        borderRadius: '4px',
      },
    },
    { dark: true },
  ),
];
