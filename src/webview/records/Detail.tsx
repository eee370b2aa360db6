import type { JSX } from 'preact';
import type { JobRecord } from '../../protocol/jobs/runs.ts';
import { t } from '../shared/strings.ts';
import { addressOf } from './address.ts';
import { shown } from './columns.ts';
import { useRecordsPage, useUi } from './context.ts';
import { was } from './Footer.tsx';
import { icon } from './icons.ts';
import { changeWords, shownTime } from './words.ts';

/** The record that has the focus, with all it holds and where it came from. */
export function Detail(): JSX.Element {
  const page = useRecordsPage();
  const { active } = useUi();
  const record = active.row < 0 ? undefined : page.chunks.at(active.row);
  const close = (): void => {
    page.set({ isDetailOpen: false });
    document.getElementById('grid')?.focus();
  };
  return (
    <aside
      class="record"
      aria-label={t('Record')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        event.preventDefault();
      }}
    >
      <div class="record-title">
        <h2>{record?.key ?? ''}</h2>
        <button type="button" class={`icon-button ${icon('close')}`} aria-label={t('Close')} title={t('Close')} onClick={close} />
      </div>
      {record === undefined ? (
        <p class="nothing">{t('No record is chosen.')}</p>
      ) : (
        <div class="record-body" role="group" tabIndex={0} aria-label={t('Fields and origin')}>
          <Problems problems={record.problems} />
          <Fields record={record} />
          <Origin record={record} />
        </div>
      )}
    </aside>
  );
}

function Problems({ problems }: { problems: readonly string[] }): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <ul class="record-problems" aria-label={t('Problems')}>
      {problems.map((problem) => (
        <li key={problem}>
          <span class={icon('warning')} aria-hidden="true" /> {problem}
        </li>
      ))}
    </ul>
  );
}

function Fields({ record }: { record: JobRecord }): JSX.Element {
  const { fields } = useUi();
  return (
    <dl>
      {fields.map((field) => {
        const before = record.before?.[field];
        return (
          <div key={field}>
            <dt>{field}</dt>
            <dd class={before === undefined ? '' : 'cell-changed'}>
              {shown(record.data[field])}
              {before !== undefined && <span class="was"> {was(before)}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Origin({ record }: { record: JobRecord }): JSX.Element {
  const page = useRecordsPage();
  const { locale } = useUi();
  const run = (id: number) => (
    <button type="button" class="link-button" onClick={() => void page.act({ what: 'showRun', run: id })}>
      {t('Run #{0}', id)}
    </button>
  );
  const { url, task } = record;
  const address = addressOf(url);
  return (
    <>
      <h3>{t('Where it came from')}</h3>
      <dl>
        <div>
          <dt>{t('State')}</dt>
          <dd>{changeWords(record.change)}</dd>
        </div>
        <div>
          <dt>{t('Page')}</dt>
          <dd>
            {address !== null ? (
              <button type="button" class="link-button" onClick={() => void page.act({ what: 'openPage', url: address })}>
                {url} <span class={icon('link-external')} aria-hidden="true" />
              </button>
            ) : (
              url
            )}{' '}
            {t('page {0}, row {1}', record.page, record.row)}
          </dd>
        </div>
        <div>
          <dt>{t('Read')}</dt>
          <dd>
            {shownTime(record.readAt, locale)} {run(record.run)}
          </dd>
        </div>
        {record.firstRun !== record.run && (
          <div>
            <dt>{t('First read')}</dt>
            <dd>{run(record.firstRun)}</dd>
          </div>
        )}
        {task !== null && (
          <div>
            <dt>{t('Task')}</dt>
            <dd>
              <button type="button" class="link-button" onClick={() => void page.act({ what: 'openTask', task })}>
                #{task}
              </button>
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}
