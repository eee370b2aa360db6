import { nearest } from '../nearest.ts';
import type { Fix, Problem } from '../problem.ts';
import { folderOf, nameOf, resolvePath } from '../filePath.ts';
import type { ImportContext } from './importGraph.ts';
import type { LinkRegion } from './markdownRegions.ts';
import { type FileView, localLink, regionsOf, wholeRegionsOf } from './sourceFiles.ts';

/** Relative links to files that are not there, and links to headings of the same file that are not. */
export function linkProblems(path: string, file: FileView, context: ImportContext): Problem[] {
  if (!localLink.test(file.text)) return [];
  const { links } = regionsOf(file);
  const slugs = links.some((link) => link.url.startsWith('#')) ? anchorsOf(file.text, wholeRegionsOf(file).headings) : new Set<string>();
  return links.flatMap((link) => {
    if (link.url.startsWith('#')) return deadAnchor(link, file.text, slugs);
    return isRelative(link.url) ? deadLink(link, path, file.text, context) : [];
  });
}

/** Not an address, not a path from some root, not a placeholder such as `{name}` or `...`. */
function isRelative(url: string): boolean {
  return url !== '' && !/^(?:[a-z][a-z0-9+.-]*:|[/\\~@]|\.{3})|[<>{}$*|`…]/i.test(url) && !/^(?:url|link|path|file)$/i.test(url);
}

function deadLink(link: LinkRegion, from: string, text: string, { files }: ImportContext): Problem[] {
  const target = decoded(link.url.replace(/[?#].*$/s, ''));
  if (target === undefined || target === '') return [];
  const path = resolvePath(folderOf(from), target);
  if (files.exists(path) !== undefined) return [];
  const folder = folderOf(path);
  const [near] = nearest(nameOf(path), files.list(folder));
  const span = urlSpan(link, text);
  const fixes: Fix[] = [];
  if (near !== undefined && span !== undefined) {
    const to = link.url.replace(/[^/?#]*(?=$|[?#])/, () => encodeURI(near));
    fixes.push({ title: `Link to ${near}`, kind: 'link-nearest', preferred: true, edits: [{ ...span, text: to }] });
  }
  const message = `The link leads nowhere: there is no ${target} in the folder of this file. Claude cannot follow it either.`;
  return [{ code: 'dead-link', severity: 'warning', message, span: span ?? { start: link.start, end: link.end }, fixes }];
}

function deadAnchor(link: LinkRegion, text: string, anchors: ReadonlySet<string>): Problem[] {
  const wanted = decoded(link.url.slice(1))?.toLowerCase();
  if (wanted === undefined || wanted === '' || wanted === 'top' || anchors.has(loose(wanted))) return [];
  const span = urlSpan(link, text);
  const [near] = nearest(wanted, anchors);
  const fixes: Fix[] =
    near === undefined || span === undefined
      ? []
      : [{ title: `Link to #${near}`, kind: 'anchor-nearest', preferred: true, edits: [{ ...span, text: `#${near}` }] }];
  const message = `No heading of this file has the address \`${link.url}\`.`;
  return [{ code: 'dead-anchor', severity: 'information', message, span: span ?? { start: link.start, end: link.end }, fixes }];
}

/** The address as it is written; undefined when it is written with escapes or entities. */
function urlSpan(link: LinkRegion, text: string): { start: number; end: number } | undefined {
  const from =
    link.kind === 'link' ? link.target.start : Math.max(link.start, text.slice(link.start, link.end).search(/\]\(|\]:/) + link.start);
  const start = text.indexOf(link.url, from);
  return start !== -1 && start + link.url.length <= link.end ? { start, end: start + link.url.length } : undefined;
}

function decoded(url: string): string | undefined {
  try {
    return decodeURIComponent(url);
  } catch {
    return undefined;
  }
}

/** Addresses of headings as GitHub and VS Code form them, and those of HTML anchors. */
function anchorsOf(text: string, headings: readonly { text: string }[]): Set<string> {
  const anchors = new Set<string>();
  const used = new Map<string, number>();
  for (const heading of headings) {
    const slug = heading.text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const times = used.get(slug) ?? 0;
    used.set(slug, times + 1);
    anchors.add(loose(times === 0 ? slug : `${slug}-${times}`));
  }
  for (const match of text.matchAll(/\s(?:id|name)=["']([^"'\s>]+)["']/gi)) anchors.add(loose((match[1] ?? '').toLowerCase()));
  return anchors;
}

/** Tools differ on hyphens and underscores that emoji and emphasis leave behind. */
const loose = (slug: string) =>
  slug
    .replace(/^[-_]+|[-_]+$/g, '')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll('\uFE0F', '');
