/** What an `@…` may be instead of an import: a package or an alias, the domain of mail addresses, a decorator or a doc tag, a person, code. */
export type ImportSuspicion = 'npm-scope' | 'email' | 'decorator' | 'handle' | 'code';

const textExtensions = new Set(
  (
    'md mdx mdc markdown txt text rst adoc org tex log csv tsv json jsonc json5 jsonl yaml yml toml ini cfg conf env properties xml html htm css scss sass less svg ' +
    'ts tsx mts cts jsx mjs cjs vue svelte astro py pyi rb go rs java kt kts scala swift c h cc cpp hpp cs fs php pl lua r jl dart ex exs erl hs clj sql ' +
    'graphql gql proto tf hcl sh bash zsh fish ps1 bat gradle cmake mk lock diff patch ipynb prisma'
  ).split(' '),
);
const domains = new Set(
  'com org net edu gov mil int info biz io dev ai app co eu de uk fr nl ch at it es pl ru jp cn kr in br au ca us'.split(' '),
);
/** Folders that projects have and packages are rarely scoped by. */
const folders = new Set(
  'src lib app apps packages docs doc documentation spec specs test tests scripts tools config configs rules agents skills commands prompts templates history memory examples frontend backend server client api web'.split(
    ' ',
  ),
);
const docTags = new Set(
  'param params arg returns return throws throw type types typedef property prop example deprecated see since todo private public protected internal override readonly template default description author version module namespace class constructor callback async static abstract ts-ignore ts-expect-error ts-nocheck ts-check media import apply tailwind layer keyframes'.split(
    ' ',
  ),
);

/** What a sentence puts behind a word; Claude Code takes it for a part of the path. */
const trailing = /[.,;:!?'"*~…)\]}>|，、。；：！？）】》」』”’]+$/u;

/** `path` is what follows the `@`. */
export function suspect(path: string): ImportSuspicion | null {
  return /^[\p{L}_][\p{L}\p{N}_.]*\(/u.test(path) ? 'decorator' : suspectName(withoutPunctuation(path));
}

/** The path without punctuation behind it. */
export function withoutPunctuation(path: string): string {
  return path.replace(trailing, '');
}

function suspectName(path: string): ImportSuspicion | null {
  if (/^(?:~\/|\.)/u.test(path)) return null;
  const extension = /[^/.]\.([A-Za-z0-9]+)$/u.exec(path)?.[1]?.toLowerCase();
  const isFile = extension !== undefined && textExtensions.has(extension);
  // `@/lib/x` is the usual alias of a TypeScript project, and an absolute path to Claude Code.
  if (path.startsWith('/')) return extension === undefined && !path.endsWith('/') ? 'npm-scope' : null;
  if (path.includes('/')) return isFile || path.endsWith('/') ? null : suspectScope(path, extension);
  if (isFile || extension === 'js') return null;
  if (extension !== undefined && domains.has(extension)) return 'email';
  if (docTags.has(path) || /^[\p{L}_]\w*(?:\.\w+)+$/u.test(path) || /^\p{Lu}\p{L}*\p{Ll}\p{L}*$/u.test(path)) return 'decorator';
  return /^[\p{Lu}\d_-]{4,}$/u.test(path) ? null : 'handle';
}

/** `scope/name`, with a version or a path in the package: npm's names have no capitals. */
function suspectScope(path: string, extension: string | undefined): ImportSuspicion | null {
  const [scope = '', name = ''] = path.split('/');
  if (folders.has(scope) && !name.includes('@')) return null;
  if (extension === 'js' && path.split('/').length > 2) return null;
  return /^[a-z0-9][a-z0-9._-]*$/u.test(scope) && /^[a-z0-9][a-z0-9._-]*(?:@[\w.^~*-]+)?$/u.test(name) ? 'npm-scope' : null;
}
