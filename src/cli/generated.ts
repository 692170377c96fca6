import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../config.js'
import { type AnyProcess, authorityMatrix, isFinal, refusals } from '../define/index.js'
import type { Processes } from '../engine/processes.js'
import { printed, schemaOf } from '../graphql/schema.js'

/** Every file that is printed from the definitions, by path. They are committed, and a test proves them fresh. */
export function generated(processes: Processes): Map<string, string> {
  const all = [...processes.current.values()]
  return new Map([
    [path.join(root, 'schema.graphql'), printed(schemaOf(processes))],
    [path.join(root, 'workflows', 'fingerprints.json'), `${JSON.stringify({ ...fingerprintsOf(processes), ...recordedFingerprints() }, null, 2)}\n`],
    [path.join(root, 'workflows', 'authority-matrix.txt'), authorityMatrix(all.map(({ definition }) => definition))],
    [path.join(root, 'README.md'), readme({ processes: processTable(all.map(({ definition }) => definition)), errors: errorTable() })],
  ])
}

const fingerprintsOf = (processes: Processes): Record<string, string> =>
  Object.fromEntries([...processes.current.values()].map(({ definition, fingerprint }) => [`${definition.id}@${definition.version}`, fingerprint]))

/** What was recorded stays: a version that people may have cases under does not change. */
function recordedFingerprints(): Record<string, string> {
  const file = path.join(root, 'workflows', 'fingerprints.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}
/** Definitions that changed under the same version, one sentence each. One that was never released: take its line out of the file. */
export function changedUnderTheSameVersion(processes: Processes): string[] {
  const recorded = recordedFingerprints()
  return Object.entries(fingerprintsOf(processes))
    .filter(([version, fingerprint]) => recorded[version] !== undefined && recorded[version] !== fingerprint)
    .map(([version]) => `${version} is not what it was: raise the version, and keep the old definition as process-v<n>.ts while cases are open under it`)
}

/** The README with its tables filled in. */
function readme(tables: Readonly<Record<string, string>>): string {
  let text = readFileSync(path.join(root, 'README.md'), 'utf8')
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`<!-- generated: ${name} -->[\\s\\S]*?<!-- end -->`)
    if (!place.test(text)) throw new Error(`README.md has no place for the table ${name}`)
    text = text.replace(place, () => `<!-- generated: ${name} -->\n${table}\n<!-- end -->`)
  }
  return text
}

const tableOf = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const processTable = (definitions: readonly AnyProcess[]): string =>
  tableOf(
    ['Process', '流程', 'English', 'States', 'Forms', 'Source'],
    definitions.map(({ id, title, states, forms, source }) => {
      const ends = Object.values(states).filter((step) => isFinal(step as never)).length
      return [`\`${id}\``, title[0], title[1], `${Object.keys(states).length} (${ends} final)`, String(Object.keys(forms).length), source]
    }),
  )
const errorTable = (): string =>
  tableOf(
    ['Code', '含义', 'Meaning'],
    Object.entries(refusals).map(([code, [zh, en]]) => [`\`${code}\``, zh, en]),
  )
