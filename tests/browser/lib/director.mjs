// What a scenario asks of the test that started it: one line of JSON each way.

import { createInterface } from 'node:readline';

const replies = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask(request) {
  process.stdout.write(`ask ${JSON.stringify(request)}\n`);
  const { value, done } = await replies.next();
  if (done) throw new Error(`nobody answered ${JSON.stringify(request)}`);
  return JSON.parse(value);
}

// The app, killed without warning and started with the same state and port.
export const kill = () => ask({ do: 'kill' });
export const start = () => ask({ do: 'start' });
// The app, restarted with other variables of spin.toml.
export const set = (variables) => ask({ do: 'set', variables });
export const stopRedis = () => ask({ do: 'stop redis' });
export const startRedis = () => ask({ do: 'start redis' });
// An administrator: { email, password }. Restarts the app.
export const admin = () => ask({ do: 'admin' });
// The path of a clip of tests/src/media.rs.
export const clip = async (name) => (await ask({ do: 'clip', name })).path;
// The path of a file that ffmpeg makes with these arguments, kept between runs.
export const ffmpeg = async (name, ...args) => (await ask({ do: 'ffmpeg', name, args })).path;
