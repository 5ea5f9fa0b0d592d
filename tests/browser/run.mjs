// node run.mjs NAME: plays scenarios/NAME.mjs against a running app. tests/tests/browser starts
// the app and this program, and answers what the scenario asks for.

import { Stage } from './lib/stage.mjs';

const name = process.argv[2];
const { default: play } = await import(`./scenarios/${name}.mjs`);
const stage = await Stage.open(name);
try {
  await play(stage);
  stage.check();
} catch (error) {
  console.error(error.stack);
  await stage.show('failed').catch(() => {});
  process.exitCode = 1;
} finally {
  await stage.close();
}
// Standard input is open and would keep the process alive.
process.exit();
