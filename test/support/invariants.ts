import { createHash } from 'node:crypto'
import { attemptStream, caseStream, digestOf, genesis, hashOf, workStream } from '../../src/audit/chain.js'
import { wasHeld } from '../../src/audit/verification/offices.js'
import { arrowsTaken, pathFaults } from '../../src/audit/verification/path.js'
import {
  type AnyProcess,
  type Decision,
  isCountersign,
  isSeparated,
  modeOf,
  openSeats,
  type Role,
  type Rule,
  roleOfRule,
  rolesAbove,
  rulesOf,
} from '../../src/define/index.js'
import type { CaseRecord } from '../../src/engine/case-record.js'
import type { Processes } from '../../src/engine/processes.js'
import type { Querier } from '../../src/persistence/pool.js'
import { foldFaults } from './folds.js'

type Row = Record<string, any>
/** Everything that the database holds of one case, by table, and who is the human being behind each account. */
interface Dossier {
  readonly record: Row
  readonly done: readonly Row[]
  readonly refused: readonly Row[]
  readonly tasks: readonly Row[]
  readonly forms: readonly Row[]
  readonly children: readonly Row[]
  readonly asks: readonly Row[]
  /** What was done with its tasks. */
  readonly work: readonly Row[]
  /** Every role that anybody has held, with its time. */
  readonly offices: ReadonlyMap<string, readonly Row[]>
  readonly personOf: ReadonlyMap<string, string>
}

/**
 * What must hold of every case whatever has happened to it: one sentence for each thing that does not; empty when all is well.
 * `ids`: only these cases; their children are not followed. `rewritten`: fields of cases that the test itself has overwritten.
 */
export async function faultsIn(db: Querier, processes: Processes, ids?: readonly string[], rewritten: readonly (keyof CaseRecord)[] = []): Promise<string[]> {
  const rowsOf = async (table: string, column: string, order: string): Promise<Row[]> =>
    (await db.query(`select * from ${table} where $1::uuid[] is null or ${column} = any($1) order by ${order}`, [ids ?? null])).rows
  const cases = await rowsOf('service_case', 'id', 'opened_at, id')
  const entries = Map.groupBy(await rowsOf('audit_entry', 'case_id', 'stream, sequence'), ({ stream }) => stream as string)
  const tasks = Map.groupBy(await rowsOf('task', 'case_id', 'opened_at'), ({ case_id }) => case_id)
  const forms = Map.groupBy(await rowsOf('form_version', 'case_id', 'key, version'), ({ case_id }) => case_id)
  const children = Map.groupBy(await rowsOf('service_case', 'parent_id', 'opened_at'), ({ parent_id }) => parent_id)
  const asks = Map.groupBy(await rowsOf('ask', 'case_id', 'asked_at'), ({ case_id }) => case_id)
  const offices = Map.groupBy((await db.query('select employee_id, role, valid_from, valid_to from role_assignment')).rows, ({ employee_id }) => employee_id)
  const { rows: people } = await db.query('select id, person_id from employee')
  const personOf = new Map<string, string>(people.map(({ id, person_id }) => [id, person_id]))
  const faults = cases.flatMap((record) => {
    const definition = processes.at(record['process'], record['definition_version'])?.definition
    if (!definition) return [`${record['number']}: its definition is not known`]
    const dossier: Dossier = {
      record,
      done: entries.get(caseStream(record['id'])) ?? [],
      refused: entries.get(attemptStream(record['id'])) ?? [],
      tasks: tasks.get(record['id']) ?? [],
      forms: forms.get(record['id']) ?? [],
      children: children.get(record['id']) ?? [],
      asks: asks.get(record['id']) ?? [],
      work: entries.get(workStream(record['id'])) ?? [],
      offices,
      personOf,
    }
    return faultsOfCase(definition, dossier).map((fault) => `${record['number']}: ${fault}`)
  })
  const told = cases.filter((record) => processes.at(record['process'], record['definition_version'])).map((record) => record['id'] as string)
  return [...faults, ...(await keyFaults(db, ids)), ...(await foldFaults(db, processes, told, rewritten))]
}

function faultsOfCase(definition: AnyProcess, dossier: Dossier): string[] {
  const { record, done, refused } = dossier
  return [
    ...chainFaults(done, 'entry'),
    ...chainFaults(refused, 'refusal'),
    ...(done.length === record['version'] ? [] : [`${done.length} entries, and yet version ${record['version']}`]),
    ...(done.at(-1)?.['hash'] === record['head_hash'] ? [] : ['its head is not its last entry']),
    ...done.filter(({ result }) => result !== 'DONE').map(({ sequence }) => `entry ${sequence} is a refusal`),
    ...refused.filter(({ result, to_state }) => result === 'DONE' || to_state !== null).map(({ sequence }) => `refusal ${sequence} moved the case`),
    ...wayFaults(definition, dossier),
    ...taskFaults(definition, dossier),
    ...formFaults(dossier),
    ...approvalFaults(definition, dossier),
    ...linkFaults(dossier),
    ...chainFaults(dossier.work, 'work'),
    ...workFaults(dossier),
    ...officeFaults(definition, dossier),
    ...separationFaults(definition, dossier),
  ]
}

/** 1..n without a gap, each on top of the one before, each hash as it must be, each column as the text says. */
function chainFaults(entries: readonly Row[], what: string): string[] {
  return entries.flatMap((entry, index) => {
    const told = JSON.parse(entry['content'])
    const same = [
      [told.sequence, entry['sequence']],
      [told.stream, entry['stream']],
      [told.caseId, entry['case_id']],
      [told.action, entry['action']],
      [told.from, entry['from_state']],
      [told.to, entry['to_state']],
      [told.result, entry['result']],
      [told.actor.id || null, entry['actor_id']],
      [told.roleUsed, entry['role_used']],
      [Date.parse(told.recordedAt), entry['recorded_at'].valueOf()],
    ]
    const at = `${what} ${entry['sequence']}`
    return [
      ...(entry['sequence'] === index + 1 ? [] : [`${at} stands in place ${index + 1}`]),
      ...(entry['previous_hash'] === (entries[index - 1]?.['hash'] ?? genesis) ? [] : [`${at} does not follow the one before it`]),
      ...(hashOf(entry['content'], entry['previous_hash']) === entry['hash'] ? [] : [`the hash of ${at} is wrong`]),
      ...same.filter(([text, column]) => text !== column).map(([text, column]) => `${at} says ${text}, its column ${column}`),
      ...(entry['recorded_at'] >= (entries[index - 1]?.['recorded_at'] ?? 0) ? [] : [`${at} is older than the one before it`]),
    ]
  })
}

/** From opening to where the case stands, along arrows of the definition only, with the state, outcome and round that this leads to. */
function wayFaults(definition: AnyProcess, { record, done }: Dossier): string[] {
  const steps = done.map(({ action, from_state: from, to_state: to, content, sequence }) => {
    const { seat, round } = JSON.parse(content)
    return { sequence, action, from, to, seat, round }
  })
  const stands = { state: record['state'], outcome: record['outcome'], round: record['round'], isClosed: record['closed_at'] !== null }
  return pathFaults(definition, steps, stands).map(({ sequence, how }) => (sequence === null ? how : `entry ${sequence}: ${how}`))
}

/** Open tasks stand exactly where the case waits for somebody, and nowhere once it is closed. */
function taskFaults(definition: AnyProcess, { record, tasks }: Dossier): string[] {
  const waits = (by: Parameters<typeof rulesOf>[0]) => rulesOf(by).some(({ kind }) => kind !== 'system')
  const step = definition.states[record['state']]
  const seats = step && isCountersign(step) && record['handling'].ballot ? openSeats(record['handling'].ballot, modeOf(step), record['decisions']) : []
  const points =
    step === undefined || step.type === 'final'
      ? []
      : step.type === 'countersign'
        ? seats.map(({ key }) => `${record['state']} ${key}`)
        : waits(step.assignee)
          ? [`${record['state']} `]
          : []
  const isOpen = (status: string) => status === 'OPEN' || status === 'SUSPENDED'
  const open = tasks.filter(({ status, kind }) => isOpen(status) && kind === 'DECIDE').map(({ state, seat }) => `${state} ${seat ?? ''}`)
  const halfClosed = tasks.filter(
    ({ status, closed_sequence, closed_at }) => isOpen(status) !== (closed_sequence === null) || isOpen(status) !== (closed_at === null),
  )
  return [
    ...(open.sort().join() === points.sort().join() ? [] : [`open tasks: [${open}], the case waits at [${points}]`]),
    ...halfClosed.map(({ state }) => `a task of ${state} is half closed`),
    ...tasks
      .filter(({ opened_sequence, closed_sequence }) => opened_sequence > record['version'] || closed_sequence > record['version'])
      .map(({ state }) => `a task of ${state} is of an entry that there is not`),
  ]
}

/** Every version of a form came with an entry that is bound to its content, and every entry's forms are there. */
function formFaults({ done, refused, forms }: Dossier): string[] {
  const told = done.flatMap(({ content, sequence }) => JSON.parse(content).forms.map((form: Row) => ({ ...form, sequence })))
  const nameOfVersion = ({ key, version, digest, sequence }: Row) => `${key} ${version} ${sequence} ${digest}`
  const stored = new Set(forms.map(nameOfVersion))
  const named = new Set(told.map(nameOfVersion))
  return [
    ...forms.filter((form) => !named.has(nameOfVersion(form))).map(({ key, version }) => `no entry names version ${version} of ${key}`),
    ...told.filter((form) => !stored.has(nameOfVersion(form))).map(({ key, version }) => `version ${version} of ${key} is not there`),
    ...forms
      .filter(({ content, salt, digest, personal_digest }) => digestOf(content, salt, personal_digest) !== digest)
      .map(({ key, version }) => `version ${version} of ${key} is not what was committed to`),
    ...refused.filter(({ content }) => JSON.parse(content).forms.length > 0).map(({ sequence }) => `refusal ${sequence} left a form`),
  ]
}

/** The role that the rule names, one above it that steps in, and for a voice that was added or handed on what gave it. */
const rolesUsedUnder = (definition: AnyProcess, rule: Rule): readonly Role[] => [
  roleOfRule(rule),
  ...rolesAbove(roleOfRule(rule)),
  ...(rule.kind === 'voter' ? (['EMPLOYEE', definition.owner] as const) : []),
]
/** Who acted was somebody whom an arrow names with that role, and not the applicant where the rule shuts the applicant out. */
function approvalFaults(definition: AnyProcess, { record, done, personOf }: Dossier): string[] {
  return done.slice(1).flatMap(({ action, from_state: from, to_state: to, actor_id: actor, role_used: role, sequence, content }) => {
    const arrows = arrowsTaken(definition, { action, from, to, seat: JSON.parse(content).seat })
    const rules = arrows.flatMap(({ by }) => rulesOf(by)).filter((rule) => rolesUsedUnder(definition, rule).includes(role as Role))
    const isApplicant = personOf.get(actor) === record['applicant_person_id']
    const fits = (rule: Rule) => (rule.kind === 'applicant' ? isApplicant : !isSeparated(rule) || !(rule.notApplicant && isApplicant))
    return rules.some(fits) ? [] : [`entry ${sequence} (${action}) was done as ${role} by ${isApplicant ? 'the applicant' : 'whom no rule names'}`]
  })
}

/** Who decided, or in whose place, held the role at that moment; of a decision that was held, when it was taken. */
function officeFaults(definition: AnyProcess, { done, work, offices }: Dossier): string[] {
  const held = new Map(
    [...offices].map(([id, rows]) => [
      id,
      rows.map(({ role, valid_from, valid_to }) => ({ role, from: valid_from.toISOString(), to: valid_to?.toISOString() ?? null })),
    ]),
  )
  return done.slice(1).flatMap(({ actor_id: actor, role_used: role, sequence, recorded_at, content }) => {
    const told = JSON.parse(content)
    const holding = told.causedBy && work.findLast((one) => one['action'] === 'HOLD' && one['actor_id'] === actor && one['recorded_at'] <= recorded_at)
    const at = (holding || { recorded_at })['recorded_at'].toISOString()
    return wasHeld(definition, { told, at }, held) ? [] : [`entry ${sequence} (${told.action}) was done as ${role}, which nobody behind it held`]
  })
}

/** Four eyes: no approval that counts is by the applicant, nor by somebody behind one in a state that it must be distinct from; one vote each. */
function separationFaults(definition: AnyProcess, { record, done }: Dossier): string[] {
  const decisions: readonly Decision[] = record['decisions']
  const behind = ({ personId, principalId }: Decision) => [personId, principalId].filter((person) => person !== undefined)
  const meet = (one: Decision, other: Decision) => behind(one).some((person) => behind(other).includes(person))
  const seatOf = new Map(done.map(({ sequence, content }) => [sequence, JSON.parse(content).seat]))
  return decisions.flatMap((decision, index) => {
    const { state, action, to, sequence, approves } = decision
    const step = definition.states[state]
    const rules = arrowsTaken(definition, { action, from: state, to, seat: seatOf.get(sequence) ?? null }).flatMap(({ by }) => rulesOf(by))
    const distinct =
      rules.length > 0
        ? rules.map((rule) => (isSeparated(rule) ? rule.distinctFrom : [])).reduce((one, other) => one.filter((name) => other.includes(name)))
        : []
    const earlier = decisions.slice(0, index)
    const drawn = step && isCountersign(step) && step.voters && decision.vote
    return [
      ...(approves && behind(decision).includes(record['applicant_person_id']) ? [`decision ${sequence} (${action}) is by the applicant`] : []),
      ...earlier
        .filter((other) => distinct.includes(other.state) && meet(decision, other))
        .map((other) => `decisions ${other.sequence} and ${sequence} are by one person`),
      ...(drawn
        ? earlier
            .filter((other) => other.state === state && other.vote && meet(decision, other))
            .map((other) => `votes ${other.sequence} and ${sequence} are by one person`)
        : []),
    ]
  })
}

/** Whoever is asked has a task and only then; a task waits exactly while somebody is asked before it, or who follows has not signed. */
function workFaults({ record, tasks, asks, work }: Dossier): string[] {
  const live = asks.filter(({ live, status }) => live && (status === 'OPEN' || status === 'WAITING'))
  const open = tasks.filter(({ status }) => status === 'OPEN' || status === 'SUSPENDED')
  const asked = live.filter(({ status }) => status === 'OPEN').map(({ id }) => id)
  const tasksOfAsks = open.filter(({ kind }) => kind !== 'DECIDE').map(({ ask_id }) => ask_id)
  const held = record['handling'].held
  const waits = (seat: string | null) =>
    (held && held.seat === seat) || live.some((ask) => ask['seat'] === seat && ask['status'] === 'OPEN' && ask['kind'] !== 'SIGN_AFTER')
  const keys = (record['handling'].ballot?.seats ?? []).map(({ key }: Row) => key)
  return [
    ...(asked.sort().join() === tasksOfAsks.sort().join() ? [] : [`${asked.length} are asked, ${tasksOfAsks.length} have a task`]),
    ...(record['outcome'] !== null && live.length > 0 ? [`${live.length} are asked after the end`] : []),
    ...asks.filter(({ live, status }) => !live && (status === 'OPEN' || status === 'WAITING')).map(({ kind }) => `${kind} waits for nothing`),
    ...open
      .filter(({ kind, status, seat }) => kind === 'DECIDE' && (status === 'SUSPENDED') !== Boolean(waits(seat)))
      .map(({ status, seat }) => `the task of ${record['state']} ${seat ?? ''} is ${status}`),
    ...(new Set(keys).size === keys.length ? [] : ['two voices have one key']),
    ...work
      .filter(({ action, recorded_at }) => record['closed_at'] !== null && recorded_at > record['closed_at'] && action !== 'COPY' && action !== 'REVOKE')
      .map(({ action }) => `${action} comes after the end`),
  ]
}

/** The cases that entries say they opened are the children, no more and no fewer. */
function linkFaults({ done, children }: Dossier): string[] {
  const told = done.flatMap(({ content }) => JSON.parse(content).links.flatMap(({ caseId }: Row) => caseId ?? []))
  return [
    ...told.filter((id) => !children.some((child) => child['id'] === id)).map((id) => `the case ${id} that it opened is not there`),
    ...children.filter(({ id }) => !told.includes(id)).map(({ number }) => `nothing says that it opened ${number}`),
  ]
}

/** No key is spent without an entry, and no key did anything twice. A change of the organisation may hand on many tasks. */
async function keyFaults(db: Querier, ids: readonly string[] | undefined): Promise<string[]> {
  const { rows: keys } = await db.query(
    `select actor_id, key, case_id, sequence, exists (select from task_draft d join task t on t.id = d.task_id where t.case_id = i.case_id and d.employee_id = i.actor_id) as drafted
       from idempotency i where $1::uuid[] is null or case_id = any($1)`,
    [ids ?? null],
  )
  const { rows: entries } = await db.query(
    `select stream, case_id, sequence, actor_id, content::jsonb ->> 'idempotencyKeyDigest' as digest from audit_entry
      where result = 'DONE' and not (stream like 'work:%' and action in ('CLAIM', 'RELEASE', 'HAND_OVER')) and content::jsonb -> 'causedBy' = 'null' and ($1::uuid[] is null or case_id = any($1))`,
    [ids ?? null],
  )
  const did = Map.groupBy(entries, ({ actor_id, digest }) => `${actor_id} ${digest}`)
  return [
    ...keys.flatMap(({ actor_id, key, case_id, sequence, drafted }) => {
      const effects = did.get(`${actor_id} ${createHash('sha256').update(key).digest('hex')}`) ?? []
      if (case_id === null) return [`the key ${key} is spent on nothing`]
      // A draft decides nothing and stands in no history.
      if (drafted && effects.length === 0) return []
      // A change of the organisation is on no case: its key leads to the person concerned. Work on a task does not move its case.
      const [effect] = effects
      return effects.length === 1 && (effect!.case_id ?? case_id) === case_id && (effect!.stream.startsWith('work:') || effect!.sequence === sequence)
        ? []
        : [`the key ${key} did ${effects.length} things`]
    }),
    ...[...did.values()].filter((effects) => effects.length > 1).map(([one, ...more]) => `a key of ${one!.actor_id} did ${more.length + 1} things`),
  ]
}
