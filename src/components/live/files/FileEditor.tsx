/** The file that was chosen: its text, whether it is saved, and what to do when somebody else wrote it too. */
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import saveIcon from 'lucide-static/icons/save.svg?raw';
import triangle from 'lucide-static/icons/triangle-alert.svg?raw';
import { useEffect, useRef } from 'preact/hooks';
import { shownName } from '#protocol/files.ts';
import type { FilesModel, OpenedFile } from '../../../client/files-model.ts';
import { nameIn } from '../../../client/files-text.ts';
import { lang } from '../../../client/language.ts';
import { FILES } from '../../../client/words-files.ts';
import { Icon } from '../Icon.tsx';

interface Props {
  readonly model: FilesModel;
}

export function FileEditor({ model }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const file = model.shown.value;
  useEffect(() => {
    model.editorIn(async () => {
      const { Editor } = await import('../../../client/files-editor.ts');
      if (box.current === null) throw new Error('the pane is gone');
      return new Editor(box.current, {
        dirty: (path, dirty) => model.setDirty(path, dirty),
        save: () => {
          const path = model.current.peek();
          if (path !== null) void model.save(path);
        },
      });
    });
  }, [model]);
  return (
    <section class="file-editor">
      {file === null ? (
        <p class="files-empty files-choose">
          {(model.session.driving ? FILES.choose : FILES.chooseToSee)[lang]}
        </p>
      ) : (
        <>
          <Head model={model} file={file} />
          {file.conflict !== null && <Conflict model={model} file={file} />}
          {file.content === 'loading' && <p class="files-empty">{FILES.loading[lang]}</p>}
          {file.content === 'not-text' && <p class="files-empty">{FILES.notText[lang]}</p>}
          {file.content === 'too-long' && <p class="files-empty">{FILES.tooLong[lang]}</p>}
        </>
      )}
      <div ref={box} class="file-text" hidden={file?.content !== 'text'} />
    </section>
  );
}

function Head({ model, file }: Props & { readonly file: OpenedFile }) {
  const { path, dirty, saving, content } = file;
  const name = shownName(nameIn(path));
  return (
    <header class="file-head">
      <button type="button" class="night-button file-back" onClick={() => model.closeFile()}>
        <Icon svg={arrowLeft} />
        <span>{FILES.back[lang]}</span>
      </button>
      <h3 title={name} tabIndex={-1}>
        <bdi>{name}</bdi>
      </h3>
      <span class="file-state" role="status">
        {saving ? FILES.saving[lang] : dirty ? FILES.unsaved[lang] : ''}
      </span>
      <a class="night-button" href={model.api.address(path)} download={name} title={FILES.download[lang]}>
        <Icon svg={download} />
        <span class="visually-hidden">{FILES.download[lang]}</span>
      </a>
      {model.session.driving && content === 'text' && (
        <>
          {dirty && (
            <button
              type="button"
              class="night-button file-discard"
              onClick={() => {
                model.sheet.value = { kind: 'discard', path };
              }}
            >
              {FILES.discard[lang]}
            </button>
          )}
          <button
            type="button"
            class="button file-save"
            disabled={!dirty || saving}
            onClick={() => void model.save(path)}
          >
            <Icon svg={saveIcon} />
            <span>{FILES.save[lang]}</span>
          </button>
        </>
      )}
    </header>
  );
}

function Conflict({ model, file }: Props & { readonly file: OpenedFile }) {
  return (
    <div class="files-note file-conflict" role="status">
      <Icon svg={triangle} />
      <span>{(file.conflict === 'gone' ? FILES.gone : FILES.changed)[lang]}</span>
      {model.session.driving && (
        <button
          type="button"
          class="text-button"
          onClick={() => {
            model.sheet.value = { kind: 'conflict', path: file.path };
          }}
        >
          {FILES.decide[lang]}
        </button>
      )}
    </div>
  );
}
