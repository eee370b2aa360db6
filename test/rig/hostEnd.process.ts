// The last file of every run in an extension host. node:test ends its report when the process does, and this process is VS Code's.
import { test } from 'node:test';
import { endOfHostTests } from './hostEnd.ts';

test(endOfHostTests, () => {});
