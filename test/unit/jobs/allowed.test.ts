import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressMatches, hostAllowed, requestAllowed } from '../../../src/core/jobs/allowed.ts';

describe('the hosts of a job file', () => {
  const allowed = (pattern: string, address: string) => hostAllowed([pattern], address);

  test('name a host, its subdomains, or a port', () => {
    assert.ok(allowed('app.example.com', 'https://app.example.com/a?b#c'));
    assert.ok(allowed('App.Example.com', 'wss://app.example.com/socket'));
    assert.ok(allowed('*.example.com', 'https://a.b.example.com/'));
    assert.ok(allowed('localhost:8080', 'http://localhost:8080/'));
    assert.ok(allowed('example.com:443', 'https://example.com/'));
    assert.ok(!allowed('*.example.com', 'https://example.com/'));
    assert.ok(!allowed('example.com', 'https://app.example.com/'));
    assert.ok(!allowed('example.com', 'https://example.com:8443/'));
    assert.ok(!allowed('localhost:8080', 'http://localhost:8081/'));
  });

  test('are not fooled by names that only look alike', () => {
    for (const address of [
      'https://example.com.evil.net/',
      'https://evil.net/example.com',
      'https://example.com@evil.net/',
      'https://evilexample.com/',
      'file:///etc/passwd',
      'chrome://settings',
      'javascript:alert(1)',
      'nonsense',
    ]) {
      assert.ok(!allowed('example.com', address), address);
      assert.ok(!allowed('*.example.com', address), address);
    }
  });

  test('do not stop what a page holds itself', () => {
    for (const address of ['data:text/plain,x', 'blob:https://example.com/1', 'about:blank']) assert.ok(allowed('example.com', address));
  });
});

describe('an address with stars', () => {
  test('stands for addresses with anything in their place', () => {
    assert.ok(addressMatches('https://a.example/list*', 'https://a.example/list?page=2'));
    assert.ok(addressMatches('a.example/projects/*/rfis', 'https://a.example/projects/7/rfis?x=1#top'));
    assert.ok(addressMatches('*/rfis', 'https://a.example/rfis'));
    assert.ok(addressMatches('/rfis', 'https://a.example/rfis'));
    assert.ok(addressMatches('https://a.example', 'https://a.example/'));
    assert.ok(addressMatches('https://a.example/#/list', 'https://a.example/#/list'));
    assert.ok(!addressMatches('a.example/projects/*/rfis', 'https://a.example/projects/7/submittals'));
    assert.ok(!addressMatches('a.example/rfis', 'https://b.example/a.example/rfis'));
  });

  test('is looked at in linear time', () => {
    // In any other it would not be over in a lifetime.
    assert.ok(!addressMatches(`${'*a'.repeat(400)}b`, `https://a.example/${'a'.repeat(50_000)}`));
  });
});

describe('a request', () => {
  const job = { mode: 'read-only', writes: ['POST https://a.example/search*'] } as const;

  test('that only reads is always allowed', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) assert.ok(requestAllowed(job, method, 'https://a.example/x'));
  });

  test('that could change something needs write mode, or to be named with its method', () => {
    assert.ok(requestAllowed(job, 'POST', 'https://a.example/search?q=1'));
    assert.ok(!requestAllowed(job, 'PUT', 'https://a.example/search'));
    assert.ok(!requestAllowed(job, 'POST', 'https://a.example/rfis'));
    assert.ok(requestAllowed({ ...job, mode: 'write' }, 'DELETE', 'https://a.example/rfis'));
  });
});
