import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { appendLogEntry, readAgentLog } from '../../../src/core/memory/agentLog.ts';
import { readLogHeading } from '../../../src/core/memory/logHeading.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

describe('the heading of an entry', () => {
  const cases: [string, string | null, string | null, string][] = [
    ['[2026-01-05] — [Login page]', '2026-01-05', null, 'Login page'],
    ['2026-01-05 - Login page', '2026-01-05', null, 'Login page'],
    ['2026-1-5: Login page', '2026-01-05', null, 'Login page'],
    ['2026/01/05 | Login page', '2026-01-05', null, 'Login page'],
    ['**2026-01-05** Login page', '2026-01-05', null, 'Login page'],
    ['2026-01-05 14:30 – Login', '2026-01-05', '14:30', 'Login'],
    ['2026-01-05T09:05:11.123Z Login', '2026-01-05', '09:05', 'Login'],
    ['[2026-01-05 2:30 PM] Login', '2026-01-05', '14:30', 'Login'],
    ['Login page (2026-01-05)', '2026-01-05', null, 'Login page'],
    ['Login page — January 5th, 2026', '2026-01-05', null, 'Login page'],
    ['5 Jan 2026 — Login', '2026-01-05', null, 'Login'],
    ['Jan. 5, 2026 at 7:05 — Login', '2026-01-05', '07:05', 'Login'],
    ['05.01.2026 Login', '2026-01-05', null, 'Login'],
    ['2026年1月5日 登录', '2026-01-05', null, '登录'],
    ['Date: 2026-01-05 — Login', '2026-01-05', null, 'Login'],
    ['13/01/2026 Login', '2026-01-13', null, 'Login'],
    ['1/13/2026 Login', '2026-01-13', null, 'Login'],
    ['03/04/2026 Login', null, null, 'Login'],
    ['2026-13-45 Login', null, null, '2026-13-45 Login'],
    ['2026-02-30 Login', null, null, '2026-02-30 Login'],
    ['Login page', null, null, 'Login page'],
    ['[Login page]', null, null, 'Login page'],
    ['2026-01-05', '2026-01-05', null, ''],
    ['Fix #12 of v1.2.3', null, null, 'Fix #12 of v1.2.3'],
    ['2026-01-05 — Use [a](b)', '2026-01-05', null, 'Use [a](b)'],
  ];
  for (const [heading, date, time, task] of cases) {
    test(`“${heading}” is read`, () => assert.deepEqual(readLogHeading(heading), { date, time, task }));
  }
});

describe('a log', () => {
  const text =
    '# Log of ann\n\nIntro.\n\n## [2026-01-05] — [Login]\n\nShort.\n\n### What I did\n\n- a\n\n```\n## 2026-01-01 not an entry\n```\n\n### Learnings\nb\n## Later, without a date\nc\n## 2026-01-07 - Logout\n';

  test('has entries with their sections, in file order', () => {
    const log = readAgentLog(text);
    assert.equal(text.slice(log.preamble.start, log.preamble.end), '# Log of ann\n\nIntro.\n\n');
    assert.deepEqual(
      log.entries.map(({ date, task, intro, sections }) => ({
        date,
        task,
        intro,
        sections: sections.map((one) => [one.heading, one.text]),
      })),
      [
        {
          date: '2026-01-05',
          task: 'Login',
          intro: 'Short.',
          sections: [
            ['What I did', '- a\n\n```\n## 2026-01-01 not an entry\n```'],
            ['Learnings', 'b'],
          ],
        },
        { date: null, task: 'Later, without a date', intro: 'c', sections: [] },
        { date: '2026-01-07', task: 'Logout', intro: '', sections: [] },
      ],
    );
    assert.equal(log.order, 'oldestFirst');
  });

  test('that people wrote with other levels is read as well', () => {
    assert.deepEqual(
      readAgentLog('### 2026-01-07 B\n#### Did\nx\n### 2026-01-05 A\n').entries.map(({ task, sections }) => [task, sections.length]),
      [
        ['B', 1],
        ['A', 0],
      ],
    );
    assert.deepEqual(
      readAgentLog('# 2026-01-07 B\n## Did\nx\n# 2026-01-05 A\n').entries.map(({ task, sections }) => [task, sections.length]),
      [
        ['B', 1],
        ['A', 0],
      ],
    );
  });

  test('without entries is all preamble', () => {
    assert.deepEqual(readAgentLog('# Log\n\nNothing yet.\n'), { preamble: { start: 0, end: 20 }, entries: [], order: 'unknown' });
  });

  test('of any text has entries that cover it without gap', () => {
    const piece = fc.constantFrom('## 2026-01-05 — A\n', '### S\n', 'x\n', '\r\n', '```\n', '## B\r\n', '# C\n', '---\n', '\uFEFF');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const whole = pieces.join('');
        const { preamble, entries } = readAgentLog(whole);
        let at = preamble.end;
        for (const { span, sections } of entries) {
          assert.equal(span.start, at);
          at = span.end;
          for (const section of sections) assert.ok(section.span.start > span.start && section.span.end <= span.end);
        }
        assert.equal(at, whole.length);
      }),
    );
  });
});

describe('a new entry', () => {
  const entry = {
    date: '2026-01-09',
    task: 'Search\npage',
    sections: [
      { heading: 'What I did', text: 'a\nb\n' },
      { heading: 'Learnings', text: '' },
    ],
  };
  const written = '## 2026-01-09 — Search page\n\n### What I did\n\na\nb\n\n### Learnings\n';
  const added = (text: string) => applyEdits(text, appendLogEntry(text, entry));

  test('goes to the end', () => {
    assert.equal(added(''), written);
    assert.equal(added('# Log'), `# Log\n\n${written}`);
    assert.equal(added('## 2026-01-05 A\nx\n'), `## 2026-01-05 A\nx\n\n${written}`);
  });

  test('goes on top where the newest is on top', () => {
    const log = '# Log\n\n## 2026-01-07 B\n\n## 2026-01-05 A\n';
    assert.equal(added(log), `# Log\n\n${written}\n## 2026-01-07 B\n\n## 2026-01-05 A\n`);
  });

  test('takes the line ends and the level of the log, and is read back', () => {
    const text = added('### 2026-01-05 A\r\n');
    assert.equal(text, `### 2026-01-05 A\r\n\r\n${written.replaceAll('## ', '### ').replaceAll('\n', '\r\n')}`);
    const last = readAgentLog(text).entries.at(-1);
    assert.deepEqual(
      [last?.date, last?.task, last?.sections.map(({ heading }) => heading)],
      ['2026-01-09', 'Search page', ['What I did', 'Learnings']],
    );
  });
});
