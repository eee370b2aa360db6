import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hidden, hostAndPath, redactText, resumableUrl } from '../../../src/core/jobs/redact.ts';

describe('an address in a log', () => {
  test('has no user, query or fragment', () => {
    assert.equal(hostAndPath('https://me:pw@a.example:8443/rfis/12?token=1#x'), 'a.example:8443/rfis/12');
    assert.equal(hostAndPath('about:blank'), null);
    assert.equal(hostAndPath('not an address'), null);
  });

  test('keeps the names and numbers of things, and hides keys', () => {
    const guid = 'b3b8f3c2-1d1e-4f7a-9c11-2f0a7c1de001';
    assert.equal(hostAndPath(`https://a.example/projects/${guid}/rfis`), `a.example/projects/${guid}/rfis`);
    assert.equal(hostAndPath('https://a.example/reset/eyJhbGciOiJIUzI1NiJ9.abc123def456'), `a.example/reset/${hidden}`);
  });
});

describe('an address to come back to', () => {
  test('keeps what leads to the page and loses what looks like a key', () => {
    assert.equal(resumableUrl('https://a.example/rfis?page=3&access_token=abc&view=list'), 'https://a.example/rfis?page=3&view=list');
    assert.equal(resumableUrl('https://a.example/app#/list/3'), 'https://a.example/app#/list/3');
    assert.equal(resumableUrl('https://a.example/cb#id_token=abc'), 'https://a.example/cb');
    assert.equal(resumableUrl('about:blank'), null);
  });
});

describe('a text for people', () => {
  test('holds no secrets, cookies, bearer tokens or queries', () => {
    const text = redactText(
      'goto https://a.example/x?sid=1 failed with hunter22, Authorization: Bearer abcdefgh12345678\nSet-Cookie: a=b; c',
      ['hunter22'],
    );
    assert.equal(text, `goto https://a.example/x failed with ${hidden}, Authorization: ${hidden}\nSet-Cookie: ${hidden}`);
  });

  test('is otherwise as it was', () => {
    const text = 'No element matches button "Save". See https://a.example/help.';
    assert.equal(redactText(text, ['']), text);
  });
});
