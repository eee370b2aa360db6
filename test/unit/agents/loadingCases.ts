/** A file in `.claude/agents`, and what Claude Code 2.1.330 makes of it. `loading.test.ts` in test/adapter/claude asks the real one. */
export interface LoadingCase {
  /** A sentence about the file. */
  says: string;
  /** With NAME for a name that is unique. */
  text: string;
  /** The name it loads under, with NAME; null when it is ignored. */
  name: string | null;
  /** As Claude is told, without white space around it. */
  description?: string;
  /** As Claude is told, for an agent that has some. */
  tools?: string;
}

const file = (...lines: string[]) => ['---', 'name: NAME', ...lines, '---', 'You test.', ''].join('\n');
const described = (...lines: string[]) => file('description: Tests', ...lines);

const loads = (says: string, text: string, description = 'Tests', more: Partial<LoadingCase> = {}): LoadingCase => ({
  says,
  text,
  name: 'NAME',
  description,
  ...more,
});
const withTools = (says: string, tools: string, ...lines: string[]) => loads(says, described(...lines), 'Tests', { tools });
const ignored = (says: string, text: string): LoadingCase => ({ says, text, name: null });

const fences: readonly LoadingCase[] = [
  loads('a plain file loads', described()),
  loads('Windows line ends do no harm by themselves', described().replaceAll('\n', '\r\n')),
  ignored('carriage returns alone hide the frontmatter', described().replaceAll('\n', '\r')),
  loads('a lone carriage return within the frontmatter ends a line', '---\nname: NAME\rdescription: Tests\n---\nx\n'),
  loads('a byte order mark is skipped', `\uFEFF${described()}`),
  ignored('two byte order marks are not', `\uFEFF\uFEFF${described()}`),
  ignored('a blank line before the frontmatter hides it', `\n${described()}`),
  loads('blanks behind the fences are allowed', '--- \nname: NAME\ndescription: Tests\n--- \nx\n'),
  loads('blank lines behind the first fence are allowed', '---\n\n\nname: NAME\ndescription: Tests\n---\nx\n'),
  ignored('text behind the first fence hides it', '--- yaml\nname: NAME\ndescription: Tests\n---\nx\n'),
  ignored('four hyphens are no first fence', '----\nname: NAME\ndescription: Tests\n----\nx\n'),
  loads('four hyphens are a last fence', '---\nname: NAME\ndescription: Tests\n----\nx\n'),
  loads('the last fence may be indented', '---\nname: NAME\ndescription: Tests\n  ---\nx\n'),
  loads('the last fence may have text behind it', '---\nname: NAME\ndescription: Tests\n--- end\nx\n'),
  ignored('frontmatter that is never closed is none', '---\nname: NAME\ndescription: Tests\nYou test.\n'),
  loads('hyphens within a line close it as well', '---\nname: NAME\ndescription: Tests\nnote: a --- b\n'),
  loads('the prompt may be missing', '---\nname: NAME\ndescription: Tests\n---'),
  ignored('a file without frontmatter is no agent', '# NAME\n'),
  loads('a value ends at three hyphens within it', file('description: Tests --- and more'), 'Tests'),
  loads('three hyphens need no blanks around them', file('description: Tests---more'), 'Tests'),
  loads('a name ends there too', '---\ndescription: Tests\nname: NAME---b\n---\nx\n'),
  ignored('a name behind three hyphens is not seen', '---\ndescription: a --- b\nname: NAME\n---\nx\n'),
  ignored('nor one behind a ruled comment', '---\n# --- about ---\nname: NAME\ndescription: Tests\n---\nx\n'),
  ignored('nor one behind a rule in a block', '---\ndescription: |\n  a\n  ---\n  b\nname: NAME\n---\nx\n'),
  loads('fields behind a ruled comment are lost, the agent is not', described('# ---- tools ----', 'tools: Read')),
];

const names: readonly LoadingCase[] = [
  ignored('a name is needed', '---\ndescription: Tests\n---\nx\n'),
  ignored('an empty name is none', '---\nname: ""\ndescription: Tests\n---\nx\n'),
  ignored('a number is no name', '---\nname: 42\ndescription: Tests\n---\nx\n'),
  ignored('a list is no name', '---\nname: [NAME]\ndescription: Tests\n---\nx\n'),
  ignored('a name does not begin with a hyphen', '---\nname: -NAME\ndescription: Tests\n---\nx\n'),
  ignored('a name has no colon', '---\nname: NAME:b\ndescription: Tests\n---\nx\n'),
  ignored('a key needs a blank behind its colon', '---\nname:NAME\ndescription: Tests\n---\nx\n'),
  ignored('keys are compared with case', '---\nName: NAME\ndescription: Tests\n---\nx\n'),
  loads('a name may have capitals and blanks', '---\nname: NAME X\ndescription: Tests\n---\nx\n', 'Tests', { name: 'NAME X' }),
  loads('a name keeps the blanks within its quotes', '---\nname: " NAME "\ndescription: Tests\n---\nx\n', 'Tests', { name: ' NAME ' }),
  loads('a name may have a slash', '---\nname: NAME/b\ndescription: Tests\n---\nx\n', 'Tests', { name: 'NAME/b' }),
  loads('keys may be quoted', '---\n"name": NAME\n"description": Tests\n---\nx\n'),
  loads('the last of two names counts', '---\nname: other\ndescription: Tests\nname: NAME\n---\nx\n'),
];

const descriptions: readonly LoadingCase[] = [
  ignored('a description is needed', file()),
  ignored('an empty description is none', file('description:')),
  ignored('empty quotes are none', file('description: ""')),
  loads('blanks in quotes are one', file('description: "   "'), ''),
  ignored('a comment is none', file('description: # later')),
  ignored('a number is none', file('description: 42')),
  ignored('digits with zeros before them are a number', file('description: 007')),
  ignored('true is none', file('description: true')),
  loads('yes is text', file('description: yes'), 'yes'),
  loads('a date is text', file('description: 2024-01-01'), '2024-01-01'),
  ignored('a list is none', file('description: [a, b]')),
  ignored('a map is none', file('description:', '  a: b')),
  ignored('a tag without text is none', file('description: !important')),
  loads('text behind a tag is one', file('description: !important note'), 'note'),
  loads('text behind an anchor is one', file('description: &a Tests')),
  loads('the last of two descriptions counts', file('description: one', 'description: two'), 'two'),
  loads('lines that are indented go on with the text', file('description: one', '  two', '', '  three'), 'one two\nthree'),
  loads('a backslash and an n become a line break', file('description: one\\ntwo'), 'one\ntwo'),
];

const secondTry: readonly LoadingCase[] = [
  loads('a colon in plain text is read on the second try', file('description: Use when: x'), 'Use when: x'),
  ignored('with Windows line ends it is not', file('description: Use when: x').replaceAll('\n', '\r\n')),
  ignored('nor when its own line has one', file('description: Use when: x\r')),
  loads('the line ends of other lines do not matter', file('description: Use when: x').replace('NAME\n', 'NAME\r\n'), 'Use when: x'),
  loads('a tab behind the colon is a blank', file('description:\tUse when: x'), 'Use when: x'),
  ignored('a blank before the colon is too much for it', file('description : Use when: x')),
  ignored('a colon at the end of a text breaks it', file('description: ends with:')),
  loads('unless a bracket tells that it is text', file('description: ends [so] with:'), 'ends [so] with:'),
  loads('quotes within are kept', file('description: say "hi": now'), 'say "hi": now'),
  loads('quotes at one end are kept', file('description: "a": b'), '"a": b'),
  ignored('quotes at both ends with others between break it', file('description: "say "hi": b"')),
  ignored('a quote that is never closed breaks it', file('description: "a b')),
  loads('backslashes are kept', file('description: C:\\dir: x'), 'C:\\dir: x'),
  ...['[', '{', '*', '@', '`', '%', '}', ']', '&'].map((sign) =>
    loads(`${sign} may begin a text`, file(`description: ${sign} b: c`), `${sign} b: c`),
  ),
  loads('a pipe with text beside it is text', file('description: | text: x'), '| text: x'),
  loads('a comma may begin a text on the first try', file('description: , Tests'), ', Tests'),
  ignored('a question mark may not', file('description: ? b')),
  ignored('a hyphen may not', file('description: - b')),
  loads('another field may be the broken one', described('note: a: b')),
  ...['note_2', 'no.te', 'no te', '"note"'].map((key) => ignored(`but not one called ${key}`, described(`${key}: a: b`))),
  ignored('nor one below another', described('metadata:', '  a: b: c')),
  ignored('nor an item of a list', described('tools:', '  - Read: a: b')),
  ignored('nor text that goes on in the first column', file('description: one', '<example>', 'user: "x"', '</example>')),
  ignored('nor text that goes on with a colon', file('description: one', '  two: three')),
  ignored('a block is lost to a broken line beside it', file('note: a: b', 'description: |', '  Tests')),
  ignored('so is a folded one', file('note: a: b', 'description: >-', '  Tests')),
  ignored('hooks in braces become text', described('hooks: {}', 'note: a: b')),
  loads('a comment becomes text', file('description: one # two', 'note: a: b'), 'one # two'),
  loads('a map in braces becomes text', file('description: {a: b}', 'note: a: b'), '{a: b}'),
  ignored('a list in brackets stays a list', file('description: [a, b]', 'note: a: b')),
  withTools('so does one of tools', 'Read, Grep', 'tools: [Read, Grep]', 'note: a: b'),
  withTools('but not with a comment beside it', '[Read, Grep], #, c', 'tools: [Read, Grep] # c', 'note: a: b'),
  withTools('nor one that is no list by itself', '[*, Read]', 'tools: [*, Read]'),
  withTools('a list in lines stays as it is', 'Read, Grep', 'tools:', '  - Read', '  - Grep', 'note: a: b'),
  loads('an alias of nothing is text', described('note: *nothing')),
  ignored('an alias of nothing in a list is not', described('tools:', '  - *nothing')),
];

const yaml: readonly LoadingCase[] = [
  withTools('a tab indents a list', 'Read, Grep', 'tools:', '\t- Read', '\t- Grep'),
  loads('a tab indents a map, as two blanks do', described('metadata:', '\ta: 1', '  b: 2')),
  ignored('not as one blank does', described('metadata:', '\ta: 1', ' b: 2')),
  loads('a tab indents text that goes on', file('description: one', '\ttwo'), 'one two'),
  loads('tabs indent all', '---\n\tname: NAME\n\tdescription: Tests\n---\nx\n'),
  ignored('a tab does not indent a block', file('description: |', '\tTests')),
  ignored('a tab does not indent a list in brackets', described('tools: [Read,', '\tGrep]')),
  ignored('a tab does not indent one key', described('\ttools: Read')),
  ignored('a line that is no field breaks it', described('just text')),
  ignored('a list of fields is none', '---\n- name: NAME\n- description: Tests\n---\nx\n'),
  loads('repeated keys are allowed further down as well', described('metadata:', '  a: 1', '  a: 2')),
  loads('a comment may come first', '---\n# about\nname: NAME\ndescription: Tests\n---\nx\n'),
  loads('three dots at the end are allowed', described('...')),
  ignored('fields behind three dots are not', described('...', 'color: red')),
];

const fields: readonly LoadingCase[] = [
  withTools('tools are cut at commas and blanks', 'Read, Grep, Bash(git add, git commit)', 'tools: Read,Grep Bash(git add, git commit)'),
  withTools('the items of a list as well', 'Read, Grep', 'tools:', '  - Read, Grep', '  - 5'),
  withTools('tools in brackets and quotes are text', '[Read, Grep]', 'tools: "[Read, Grep]"'),
  ...['model: gpt-5', 'color: teal', 'memory: global', 'permissionMode: yolo', 'maxTurns: lots', 'effort: huge', 'isolation: moon'].map(
    (line) => loads(`the agent loads with ${line}`, described(line)),
  ),
  loads('servers as text do no harm', described('mcpServers: foo')),
  loads('a field without a meaning does no harm', described('mood: good')),
];

const hook = (event: string, entry: string) => described('hooks:', `  ${event}:`, `    - ${entry}`);
const one = (what: string) => hook('PreToolUse', `hooks: [${what}]`);

const hooks: readonly LoadingCase[] = [
  ignored('hooks are no list', described('hooks: []')),
  ignored('hooks are no text', described('hooks: stop')),
  ignored('hooks are not just true', described('hooks: true')),
  loads('hooks may be empty', described('hooks:')),
  loads('hooks may be false', described('hooks: false')),
  loads('hooks may be an empty map', described('hooks: {}')),
  loads('a hook with a command loads', hook('PreToolUse', '{matcher: Bash, hooks: [{type: command, command: x, timeout: 5}]}')),
  ignored('a hook without its matcher is refused before tools', hook('PreToolUse', '{type: command, command: x}')),
  ignored('and for permissions', hook('PermissionRequest', '{type: command, command: x}')),
  loads('for other events it is left out', hook('Stop', '{type: command, command: x}')),
  loads('an event that does not exist is left out', described('hooks:', '  Foo: bar')),
  loads('an event without hooks is allowed', described('hooks:', '  PreToolUse:')),
  ignored('an event with text is not', described('hooks:', '  PreToolUse: foo')),
  ignored('an event with a map is not', described('hooks:', '  PreToolUse: {}')),
  ignored('a matcher is text', hook('PreToolUse', '{matcher: 5, hooks: []}')),
  ignored('a matcher is not empty', hook('PreToolUse', '{matcher: , hooks: []}')),
  loads('a group may be empty', hook('PreToolUse', '{matcher: Bash, hooks: []}')),
  ignored('a group needs hooks', hook('PreToolUse', '{matcher: Bash}')),
  ignored('a hook has a type', one('{command: x}')),
  ignored('a hook has a type that exists', one('{type: callback}')),
  ...['{type: command}', '{type: prompt}', '{type: agent}', '{type: http}', '{type: http, url: foo}', '{type: mcp_tool}'].map((what) =>
    ignored(`${what} lacks what it runs`, one(what)),
  ),
  ...[
    '{type: prompt, prompt: x}',
    '{type: agent, prompt: x}',
    '{type: http, url: "https://x.y"}',
    '{type: mcp_tool, server: a, tool: b}',
  ].map((what) => loads(`${what} is a hook`, one(what))),
  ...['timeout: "5"', 'timeout: 0', 'once: yes', 'async: 1', 'statusMessage: 5', 'shell: zsh', 'if: 5', 'args: a'].map((option) =>
    ignored(`${option} spoils a hook`, one(`{type: command, command: x, ${option}}`)),
  ),
  ...['timeout: 0.5', 'once: true', 'shell: bash', 'args: [a]', 'foo: 1'].map((option) =>
    loads(`${option} does not`, one(`{type: command, command: x, ${option}}`)),
  ),
];

/** The name is unique among them. */
export const loadingCases: readonly (LoadingCase & { unique: string })[] = [
  ...fences,
  ...names,
  ...descriptions,
  ...secondTry,
  ...yaml,
  ...fields,
  ...hooks,
].map((entry, index) => {
  const unique = `case-${index}`;
  const name = entry.name?.replace('NAME', unique) ?? null;
  return { ...entry, unique, text: entry.text.replaceAll('NAME', unique), name };
});
