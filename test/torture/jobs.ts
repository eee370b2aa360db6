/** Kills runners and windows while a browser job goes on: half of each. Fails when a record is missing, there twice, or changed. Started by `torture.mjs`. */
import { killHosts, killRunners } from '../rig/jobKills.ts';

const wanted = Number(process.argv[process.argv.indexOf('--jobs') + 1]);
if (!Number.isInteger(wanted) || wanted < 2) throw new Error('--jobs takes the number of kills, at least 2.');

async function main(): Promise<void> {
  const runners = await killRunners(Math.ceil(wanted / 2));
  console.log(JSON.stringify({ killed: 'runners', ...runners }));
  const hosts = await killHosts(Math.floor(wanted / 2));
  console.log(JSON.stringify({ killed: 'windows', ...hosts }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
