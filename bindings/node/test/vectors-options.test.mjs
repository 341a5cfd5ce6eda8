// @ts-check

/** Plays `config.json`: valid and invalid options. */

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { Client, ConfigError } from 'recallflow';

import { camelCase, cases, load } from './vectors.mjs';

const DEFAULTS = load('config').defaults;

/**
 * Returns the options of a vector in camel case, with times in milliseconds.
 *
 * @param {Record<string, unknown>} options
 * @returns {any}
 */
function here(options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [camelCase(name.replace(/_ms$/, '')), value]),
  );
}

suite('options are accepted or refused as in the vectors', () => {
  for (const each of cases('config')) {
    test(each.name, () => {
      const make = () => new Client(here({ ...DEFAULTS, ...each.options }));
      if (each.error === null) {
        make();
        return;
      }
      assert.throws(make, (error) => {
        assert(error instanceof ConfigError);
        for (const part of each.error.message_contains ?? []) {
          const name = camelCase(part.replace(/_ms$/, ''));
          assert(error.message.includes(name), `${error.message} has no ${name}`);
        }
        for (const part of each.error.message_lacks ?? []) {
          assert(!`${error.message} ${error.stack}`.includes(part), `${error.message} has ${part}`);
        }
        return true;
      });
    });
  }
});
