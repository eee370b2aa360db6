import type { RecordChange } from '../../core/jobs/run.ts';
import { t } from '../shared/strings.ts';

export function changeWords(change: RecordChange): string {
  const words: Readonly<Record<RecordChange, string>> = { new: t('New'), changed: t('Changed'), same: t('Same'), gone: t('Gone') };
  return words[change];
}

export function shownTime(at: number, locale: string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}
