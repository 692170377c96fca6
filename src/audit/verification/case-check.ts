import type { AnyProcess, Decision } from '../../define/index.js'
import type { CaseRecord } from '../../engine/case-record.js'
import { divergences, foldCase, type HistoryEntry } from '../../engine/fold.js'
import type { Processes } from '../../engine/processes.js'
import { caseStream } from '../chain.js'
import type { FindingKind, Findings, Place } from './finding.js'
import { checkForms, type FormRow, type PersonalCheck } from './form-check.js'
import { type Offices, wasHeld } from './offices.js'
import { pathFaults } from './path.js'
import type { EntryRow, Told } from './told.js'

/** An entry of a case that could be read. */
export interface CaseEntry extends Pick<EntryRow, 'stream' | 'sequence' | 'position' | 'hash' | 'aside'> {
  readonly told: Told
}
/** What the database holds of one case. `entries`: those of its stream, in order. */
export interface Dossier {
  readonly caseId: string
  readonly record: CaseRecord | null
  readonly entries: readonly CaseEntry[]
  /** Whether every entry of the stream could be read. */
  readonly isWhole: boolean
  readonly forms: readonly FormRow[]
  /** What was done around its decisions, in the order of their positions. */
  readonly work: readonly CaseEntry[]
}
/** What all cases are checked against. */
export interface Around extends PersonalCheck {
  readonly processes: Processes
  readonly offices: Offices
  /** The human being behind each account. */
  readonly personOf: ReadonlyMap<string, string>
  /** Those of the cases that entries say they opened which are there. */
  readonly isCase: (id: string) => boolean
}

/** One case against its whole history. Output: whether it could be replayed. */
export function checkCase(dossier: Dossier, around: Around, findings: Findings): boolean {
  const { record, entries, caseId } = dossier
  const at = placeOf(caseId)
  if (record === null) {
    findings.add('CASE_MISSING', entries.at(-1) ?? at, 'its case is not there')
    return false
  }
  checkHead(record, entries, at, findings)
  checkForms(dossier, around, findings)
  for (const { told, ...entry } of entries)
    for (const { caseId: opened } of told.links)
      if (opened !== undefined && !around.isCase(opened)) findings.add('CASE_MISSING', entry, `the case ${opened} that it opened is not there`)
  checkDecisions(record, entries, around.personOf, at, findings)
  const loaded = around.processes.at(record.process, record.definitionVersion)
  if (loaded?.fingerprint !== record.definitionHash) {
    // Of a case that is closed no server needs the definition any more.
    if (record.outcome === null)
      findings.add('DEFINITION_UNKNOWN', at, `it is pinned to ${record.process} version ${record.definitionVersion}, which is not known here`)
    const last = entries.at(-1)?.told
    if (last && record.state !== last.to) findings.add('CASE_DIVERGES', at, `the state of the case is ${record.state}, its history ends with ${last.to}`)
    return false
  }
  if (!dossier.isWhole) return false
  checkPath(loaded!.definition, record, entries, at, findings)
  checkOffices(loaded!.definition, dossier, around.offices, findings)
  checkFold(loaded!.definition, record, dossier, findings)
  return true
}

const placeOf = (caseId: string): Place => ({ stream: caseStream(caseId), sequence: null, position: null })

function checkHead(record: CaseRecord, entries: readonly CaseEntry[], at: Place, findings: Findings): void {
  const last = entries.at(-1)
  const differs = (kind: FindingKind, what: string, is: unknown, should: unknown) => {
    if (is !== should) findings.add(kind, at, `its ${what} is ${is}, its history says ${should}`)
  }
  if (!last) {
    findings.add('CASE_WITHOUT_ENTRIES', at, 'the case has no entry that can be read')
    return
  }
  differs('HEAD_WRONG', 'version', record.version, last.sequence)
  differs('HEAD_WRONG', 'head', record.headHash, last.hash)
  differs('CASE_DIVERGES', 'process', record.process, last.told.process)
  differs('CASE_DIVERGES', 'definition', `${record.definitionVersion} ${record.definitionHash}`, `${last.told.definitionVersion} ${last.told.definitionHash}`)
  if (last.told.customerId !== undefined) differs('CASE_DIVERGES', 'customer', record.customerId, last.told.customerId)
}

function checkPath(definition: AnyProcess, record: CaseRecord, entries: readonly CaseEntry[], at: Place, findings: Findings): void {
  const steps = entries.map(({ sequence, told: { action, from, to, seat, round } }) => ({ sequence, action, from, to, seat, round }))
  const { state, outcome, round, closedAt } = record
  for (const { kind, sequence, how } of pathFaults(definition, steps, { state, outcome, round, isClosed: closedAt !== null }))
    findings.add(kind, sequence === null ? at : (entries.find((entry) => entry.sequence === sequence) ?? at), how)
}

/** Compared before, with words of their own. */
const compared: readonly (keyof CaseRecord)[] = ['state', 'outcome', 'round', 'version', 'headHash', 'customerId', 'closedAt']

/** The whole case against the fold of its history: what counts, what waits, who stood where. */
function checkFold(definition: AnyProcess, record: CaseRecord, { entries, work }: Dossier, findings: Findings): void {
  const at = placeOf(record.id)
  const history = [...entries, ...work].sort((one, other) => Number(one.position) - Number(other.position))
  try {
    const folded = foldCase(definition, history as unknown as Iterable<HistoryEntry>)
    const differing = folded ? divergences(folded, record).filter((field) => !compared.includes(field)) : []
    for (const field of differing) findings.add('CASE_DIVERGES', at, `its ${field} is not what its history tells`)
  } catch (error) {
    findings.add('CASE_DIVERGES', at, `its history does not make a case: ${(error as Error).message}`)
  }
}

function checkOffices(definition: AnyProcess, { entries, work }: Dossier, offices: Offices, findings: Findings): void {
  const holds = work.filter(({ told }) => told.action === 'HOLD')
  for (const { told, ...entry } of entries.slice(1)) {
    const held = told.causedBy === null ? undefined : holds.findLast((hold) => hold.told.actor.id === told.actor.id && hold.told.recordedAt <= told.recordedAt)
    if (!wasHeld(definition, { told, at: held?.told.recordedAt ?? told.recordedAt }, offices))
      findings.add('ROLE_NOT_HELD', entry, `it was done as ${told.roleUsed}, which nobody behind it held on record`)
  }
}

/** Every decision that counts stands in the history as it was taken, by the same human being. */
function checkDecisions(record: CaseRecord, entries: readonly CaseEntry[], personOf: ReadonlyMap<string, string>, at: Place, findings: Findings): void {
  const decisions: readonly Partial<Decision>[] = Array.isArray(record.decisions) ? record.decisions : []
  for (const decision of decisions) {
    const told = entries.find(({ sequence }) => sequence === decision?.sequence)?.told
    const isTold =
      told !== undefined &&
      told.action === decision.action &&
      told.from === decision.state &&
      told.to === decision.to &&
      told.round === decision.round &&
      told.seat === (decision.seat ?? null) &&
      told.roleUsed === decision.role &&
      (personOf.get(told.actor.id) ?? decision.personId) === decision.personId
    if (!isTold)
      findings.add('DECISION_UNRECORDED', at, `it counts a decision ${decision?.action} of version ${decision?.sequence} that its history does not tell`)
  }
}
