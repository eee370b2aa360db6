import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiDocumentText } from '../../../src/host/server/apiDocument.ts';
import { curlOf } from '../../../src/host/server/curl.ts';
import { openApiDocument } from '../../../src/server/rest/openApi.ts';
import { allRoutes } from '../../../src/server/rest/routes.ts';

describe('the API document as a text', () => {
  const routes = allRoutes('1.2.3');
  const text = apiDocumentText(openApiDocument(routes, '1.2.3'), 'http://127.0.0.1:4711');

  test('has every route in a table and with its fields', () => {
    for (const { method, path, summary } of routes) {
      assert.ok(text.includes(`| \`${method} ${path}\` | ${summary}`), `${method} ${path} in a table`);
      assert.ok(text.includes(`### \`${method} ${path}\`\n`), `${method} ${path} by itself`);
    }
    assert.match(text, /\n\| `title` \(required\) \| body \| string \|/);
    assert.match(text, /\n\| `id` \(required\) \| path \| integer \|/);
  });

  test('says where the server listens, and holds no token', () => {
    assert.ok(text.includes(`curl -H "Authorization: Bearer $CLAUDETASK_TOKEN" 'http://127.0.0.1:4711/api/tasks'`));
    assert.ok(apiDocumentText(openApiDocument(routes, '1'), null).includes('http://127.0.0.1:PORT/api/tasks'));
  });

  test('keeps its tables whole', () => {
    const columns = (line: string) => line.replaceAll(String.raw`\|`, '').split('|').length;
    const lines = text.split('\n');
    const broken = lines.filter(
      (line, at) => line.startsWith('|') && lines[at - 1]!.startsWith('|') && columns(line) !== columns(lines[at - 1]!),
    );
    assert.deepEqual(broken, []);
  });
});

describe('a request as a line for a shell', () => {
  const origin = 'http://127.0.0.1:4711';

  test('takes the token from the environment, and what is sent from a file', () => {
    assert.equal(
      curlOf({ method: 'PUT', path: '/api/tasks/1' }, origin),
      `curl -H "Authorization: Bearer $CLAUDETASK_TOKEN" -X 'PUT' -H 'Content-Type: application/json' -d @body.json '${origin}/api/tasks/1'`,
    );
    assert.equal(
      curlOf({ method: 'DELETE', path: '/api/tasks/1' }, origin),
      `curl -H "Authorization: Bearer $CLAUDETASK_TOKEN" -X 'DELETE' '${origin}/api/tasks/1'`,
    );
  });

  test('lets nothing of the path reach the shell', () => {
    assert.ok(curlOf({ method: 'GET', path: "/a'$(id)" }, origin).endsWith(String.raw` '${origin}/a'\''$(id)'`));
  });
});
