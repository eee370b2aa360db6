import { hostsOfAddresses } from '../../core/jobs/addresses.ts';
import { writeFlow } from '../../core/jobs/yamlWriting.ts';

/** The text of a new job: it runs as it is, and says by remarks how to go on. */
export function newJob({ name, url }: { name: string; url: string }): string {
  const host = hostsOfAddresses([url])[0] ?? 'example.com';
  return `name: ${plain(name)}
version: 1
# A browser of its own, kept under this name: sign in there once, with “Open Job Browser”.
session: { profile: default }
# Everything else is blocked.
hosts: [${plain(host)}]
# Requests that could change something on the website are blocked, too. To let them through: mode: write
mode: read-only
steps:
  - goto: ${plain(url)}
  # - ensureSignedIn: { signedIn: { role: button, name: Profile } }
  # - id: rows
  #   forEachPage: { next: { role: link, name: Next }, max: 50 }
  #   extract:
  #     rows: table tbody tr
  #     fields:
  #       number: { cell: 1 }
  #       subject: { cell: 2 }
  #       due: { cell: 4, as: date }
  #     key: number
  # - save: rows
  #   to: data/rows.csv
  - screenshot: true
`;
}

/** As a value on a line of its own, or within brackets. */
const plain = (text: string) => writeFlow(text);
