import type { Api } from '../../app/api.ts';
import { apiContracts } from '../../protocol/api.ts';

interface FirstWriteDeps {
  /** Makes the folder's database when it is first called. */
  folder: Api;
  /** The same folder over an empty database that lies elsewhere: it answers what a folder without tasks would. */
  empty: Api;
  /** Whether the folder has a database by now, whoever made it. */
  exists(): boolean;
}

/** A folder that gets a database with the first change, and none by being looked at. */
export function untilFirstWrite({ folder, empty, exists }: FirstWriteDeps): Api {
  return {
    name: folder.name,
    store: () => folder.store(),
    call: (name, input, caller, signal) => (apiContracts[name].mutates || exists() ? folder : empty).call(name, input, caller, signal),
  };
}
