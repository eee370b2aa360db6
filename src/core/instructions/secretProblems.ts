import type { Problem } from '../problem.ts';

/** Forms that issuers gave their keys so that they can be told from other text: nothing else looks like them. */
const kinds: readonly (readonly [name: string, pattern: string])[] = [
  ['an AWS access key', '(?:AKIA|ASIA)[0-9A-Z]{16}'],
  ['a GitHub token', 'gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'],
  ['a GitLab token', 'glpat-[A-Za-z0-9_-]{20,64}'],
  ['a Slack token', 'xox[abprs]-[0-9]{9,15}-[0-9A-Za-z-]{12,200}'],
  ['a Stripe key', '[sr]k_live_[0-9A-Za-z]{24,120}'],
  ['an Anthropic key', 'sk-ant-(?:api|admin|oat)[0-9]{2}-[A-Za-z0-9_-]{60,200}'],
  ['an OpenAI key', 'sk-(?:proj|svcacct)-[A-Za-z0-9_-]{40,200}'],
  ['a Google key', 'AIza[0-9A-Za-z_-]{35}'],
  ['an npm token', 'npm_[A-Za-z0-9]{36}'],
  ['a private key', '-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----(?=(?:\\\\n|\\s){1,4}[A-Za-z0-9+/=]{40})'],
];
const any = new RegExp(kinds.map(([, pattern]) => `((?<![A-Za-z0-9_])(?:${pattern})(?![A-Za-z0-9_]))`).join('|'), 'g');
const prefixes = /AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|k_live_|sk-|AIza|npm_|PRIVATE KEY/;

/** Keys and tokens that the text gives away. */
export function secretProblems(text: string): Problem[] {
  if (!prefixes.test(text)) return [];
  const problems: Problem[] = [];
  for (const match of text.matchAll(any)) {
    const index = match.slice(1).findIndex((group) => group !== undefined);
    const [name] = kinds[index] ?? [];
    if (name === undefined || isPlaceholder(match[0])) continue;
    const message = `This looks like ${name}. Instructions go to the model and mostly into git: revoke it, and name an environment variable instead.`;
    problems.push({ code: 'secret', severity: 'warning', message, span: { start: match.index, end: match.index + match[0].length } });
  }
  return problems;
}

/** `AKIAIOSFODNN7EXAMPLE`, `ghp_xxxx…`, `sk-ant-api03-your-key-here…`. */
function isPlaceholder(secret: string): boolean {
  if (secret.startsWith('-----')) return false;
  return /example|your|placeholder|dummy|sample|test|redacted|1234567|abcdefg|(.)\1{5}/i.test(secret) || new Set(secret).size < 11;
}
