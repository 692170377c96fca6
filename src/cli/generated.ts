import path from 'node:path'
import { root } from '../config.js'
import type { Processes } from '../engine/processes.js'
import { printed, schemaOf } from '../graphql/schema.js'

/** Every file that is printed from the definitions, by path. They are committed, and a test proves them fresh. */
export function generated(processes: Processes): Map<string, string> {
  const fingerprints = Object.fromEntries([...processes.current.values()].map(({ definition, fingerprint }) => [`${definition.id}@${definition.version}`, fingerprint]))
  return new Map([
    [path.join(root, 'schema.graphql'), printed(schemaOf(processes))],
    [path.join(root, 'workflows', 'fingerprints.json'), `${JSON.stringify(fingerprints, null, 2)}\n`],
  ])
}
