/** Measures what recallflow costs beside what a competent user writes with other libraries, in turns in one run. */

import * as inFlight from './in_flight.mjs';
import * as loop from './loop.mjs';
import * as oneAtATime from './one_at_a_time.mjs';
import * as options from './options.mjs';
import { pin } from './pin.mjs';
import * as report from './report.mjs';
import { Server } from './server.mjs';
import * as startUp from './start_up.mjs';

const SECTIONS = { one: oneAtATime.measure, flight: inFlight.measure, loop: loop.measure, require: startUp.measure };

const chosen = options.read(Object.keys(SECTIONS));
// The server is on this machine, so that a proxy of the environment would not find it.
for (const name of Object.keys(process.env)) {
  if (name.toLowerCase().endsWith('_proxy')) delete process.env[name];
}
const server = await Server.start(chosen.server);
if (chosen.pin) pin(server.pid);
const targets = [];
for (const [name, measure] of Object.entries(SECTIONS)) {
  if (chosen.sections.includes(name)) targets.push(...(await measure(server.baseUrl, chosen)));
}
server.close();
report.printTargets(targets);
