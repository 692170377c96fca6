import { type AnyProcess, fingerprintOf, type ProcessMachine } from '../define/index.js'
import type { CaseRecord } from './case-record.js'
import { refuse } from './refused.js'

/** A definition with the machine and the fingerprint that it compiles to. */
export interface LoadedProcess {
  readonly definition: AnyProcess
  readonly machine: ProcessMachine
  readonly fingerprint: string
  /** The folder that it stands in among the workflows, as `complaints`. Null: it stands in none. */
  readonly family: string | null
}

/** Every process that the server knows, in every version that a case may be pinned to. */
export interface Processes {
  /** The newest version of each, by id. */
  readonly current: ReadonlyMap<string, LoadedProcess>
  /** Every version of each, older ones included. */
  readonly versions: readonly LoadedProcess[]
  /** A version that a case is pinned to. Undefined: this server does not know it. */
  at(id: string, version: number): LoadedProcess | undefined
}

/** The newest of each id, and a look-up for the pinned ones. Throws when two definitions share id and version. */
export function collect(all: readonly LoadedProcess[]): Processes {
  const byVersion = new Map<string, LoadedProcess>()
  const current = new Map<string, LoadedProcess>()
  for (const loaded of [...all].sort((a, b) => a.definition.version - b.definition.version)) {
    const { id, version } = loaded.definition
    if (byVersion.has(`${id}@${version}`)) throw new Error(`two definitions of ${id} version ${version}`)
    byVersion.set(`${id}@${version}`, loaded)
    current.set(id, loaded)
  }
  return { current, versions: [...byVersion.values()], at: (id, version) => byVersion.get(`${id}@${version}`) }
}

export const load = (definition: AnyProcess, machine: ProcessMachine, family: string | null = null): LoadedProcess => ({
  definition,
  machine,
  fingerprint: fingerprintOf(definition),
  family,
})

/** The definition that the case was opened under. A server that does not know it leaves the case to one that does. */
export function pinned(processes: Processes, record: Pick<CaseRecord, 'process' | 'definitionVersion' | 'definitionHash'>): LoadedProcess {
  const loaded = processes.at(record.process, record.definitionVersion)
  if (!loaded || loaded.fingerprint !== record.definitionHash) throw refuse('PROCESS_UNAVAILABLE', { details: { definitionVersion: record.definitionVersion } })
  return loaded
}
