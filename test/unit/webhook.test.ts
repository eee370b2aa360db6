import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { eventPattern, longestUrl, matchesEvent, retryAfterOf, retryWait, webhookUrl } from '../../src/core/webhook.ts';

describe('the address of a webhook', () => {
  const good: readonly (readonly [string, string])[] = [
    ['https://example.com', 'https://example.com/'],
    ['https://EXAMPLE.com:8443/a?b=c#d', 'https://example.com:8443/a?b=c'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://10.0.0.1/', 'https://10.0.0.1/'],
    ['http://localhost:3000/hook', 'http://localhost:3000/hook'],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['http://127.1/', 'http://127.0.0.1/'],
    ['http://[::1]:80/', 'http://[::1]/'],
  ];
  for (const [text, href] of good) test(`may be ${text}`, () => assert.equal(webhookUrl(text)?.href, href));

  const bad: readonly (readonly [string, string])[] = [
    ['plain http to another machine', 'http://example.com/'],
    ['a name that only begins like this machine', 'http://localhost.example.com/'],
    ['a name that only begins like its address', 'http://127.0.0.1.example.com/'],
    ['this machine as the user of another', 'http://127.0.0.1@example.com/'],
    ['the same with a backslash', 'http://example.com\\@127.0.0.1/'],
    ['any address of all', 'http://0.0.0.0/'],
    ['a private network', 'http://192.168.0.1/'],
    ['an IPv4 address within IPv6', 'http://[::ffff:10.0.0.1]/'],
    ['a user name', 'https://me@example.com/'],
    ['a password', 'https://:secret@example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,a'],
    ['a socket', 'ws://localhost/'],
    ['no host', 'https:///'],
    ['no scheme', 'example.com/hook'],
    ['nothing', ''],
    ['too long a text', `https://example.com/${'a'.repeat(longestUrl)}`],
  ];
  for (const [what, text] of bad) test(`is not ${what}`, () => assert.equal(webhookUrl(text), undefined));

  test('is never one on another machine without TLS, whatever is given', () => {
    const part = fc.constantFrom(
      'http:',
      'https:',
      '//',
      '/',
      '\\',
      '@',
      ':',
      '127.0.0.1',
      'localhost',
      '[::1]',
      'example.com',
      '.',
      '#',
      '?',
      '%2f',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const url = webhookUrl(parts.join(''));
        if (url === undefined || url.protocol === 'https:') return;
        assert.match(new URL(url.href).host, /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('the events of a webhook', () => {
  test('are all, all of a kind, or one', () => {
    assert.ok(matchesEvent(['*'], 'task.move'));
    assert.ok(matchesEvent(['job.*', 'task.*'], 'task.move'));
    assert.ok(matchesEvent(['task.move'], 'task.move'));
    assert.ok(!matchesEvent(['task.move'], 'task.moveMany'));
    assert.ok(!matchesEvent(['tas.*', 'job.*'], 'task.move'));
    assert.ok(!matchesEvent([], 'task.move'));
  });

  test('are named by patterns and nothing else', () => {
    for (const pattern of ['*', 'task.*', 'task.appendStageResult']) assert.match(pattern, eventPattern);
    for (const pattern of ['', '**', '*.move', 'task', 'task.', 'task.m*', '.*', 'task.*.*', 'task move', 'task.*\n'])
      assert.doesNotMatch(pattern, eventPattern);
  });
});

describe('the wait before the next attempt', () => {
  const longest = (attempts: number) => retryWait(attempts, 0.999_999_999);

  test('is anything up to a second, then up to twice as much each time, then up to ten minutes', () => {
    assert.deepEqual([1, 2, 3, 4, 5].map(longest), [1000, 2000, 4000, 8000, 16_000]);
    assert.deepEqual([10, 11, 12].map(longest), [512_000, 600_000, 600_000]);
    assert.equal(retryWait(5, 0), 0);
    assert.equal(retryWait(5, 0.25), 4000);
  });

  test('is at least what the receiver asks for, up to an hour', () => {
    assert.equal(retryWait(1, 0.5, 30_000), 30_000);
    assert.equal(retryWait(8, 0.5, 1000), 64_000);
    assert.equal(retryWait(1, 0.5, 90_000_000), 3_600_000);
  });

  test('is read from seconds or a date', () => {
    const now = Date.UTC(2026, 10, 21, 12);
    assert.equal(retryAfterOf('120', now), 120_000);
    assert.equal(retryAfterOf('Sat, 21 Nov 2026 12:01:00 GMT', now), 60_000);
    for (const nothing of [null, '', 'soon', '-5', '1e9', '9'.repeat(40), 'Sat, 21 Nov 2026 11:59:00 GMT'])
      assert.equal(retryAfterOf(nothing, now), 0, String(nothing));
  });
});
