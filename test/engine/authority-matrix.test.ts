import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { root } from '../../src/config.js'
import { authorityMatrix } from '../../src/define/authority-matrix.js'
import { type AnyProcess, type Authority, grantable, type Role, roleIds, rolesHeld } from '../../src/define/index.js'
import type { CommandStore } from '../../src/engine/case-store.js'
import { type Door, doorOf } from '../../src/engine/door.js'
import { Refused } from '../../src/engine/refused.js'
import { customerId, departmentId, employeeId, personId, uuidV5 } from '../../src/organisation/ids.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { type House, openHouse } from '../support/house.js'
import { testKeys } from '../support/keys.js'

/**
 * Everybody whom a state names tries every act of it. Whom only other states name, and a few others, try each act in turn: a third
 * of them a run, another third by another seed. Beyond that so many cells are tried, evenly spread: acts of the state by roles that
 * the process does not know, and acts of other states. MATRIX=full tries all there are; MATRIX_SEED repeats a run.
 */
const full = process.env['MATRIX'] === 'full'
const bounds = full ? { strangers: Number.POSITIVE_INFINITY, elsewhere: Number.POSITIVE_INFINITY } : { strangers: 300, elsewhere: 200 }
const seed = Number(process.env['MATRIX_SEED'] ?? Date.now() % 1000)
const turns = full ? 1 : 3
const inParallel = 8

/** Whoever tries: one grantable role each, none at all, or the service account. */
interface Person {
  readonly login: string
  readonly roles: readonly Role[]
  readonly isSystem: boolean
}
/** One try: this person, this act, in this state. */
interface Cell {
  readonly definition: AnyProcess
  readonly state: string
  readonly action: string
  readonly seat: string | undefined
  readonly person: Person
}
interface Verdict {
  readonly done: boolean
  readonly codes: readonly string[]
}

const everyRole = roleIds.filter(grantable)
const loginOf = (role: Role) => `matrix-${role.toLowerCase()}`
const holders = new Map<Role, Person>(everyRole.map((role) => [role, { login: loginOf(role), roles: rolesHeld([role]), isSystem: false }]))
const roleless: Person = { login: 'matrix-nobody', roles: rolesHeld([]), isSystem: false }
const service: Person = { login: 'payment-run', roles: [], isSystem: true }

let house: House
/** The same door, with refusals counted instead of written: writing them down is half the work. */
let quickDoor: Door
let counted = 0
let definitions: readonly AnyProcess[]
beforeAll(async () => {
  house = await openHouse()
  const store: CommandStore = { ...commandStoreOf(house.pool, house.processes, testKeys), recordRefusal: async () => void counted++ }
  quickDoor = doorOf({ store, processes: house.processes, report: (error) => void house.reported.push(error) })
  definitions = [...house.processes.current.values()].map(({ definition }) => definition)
  for (const { login, roles } of [...holders.values(), roleless]) {
    const number = login.toUpperCase()
    await house.owner.query('insert into employee (id, number, login, name, person_id) values ($1, $2, $3, $3, $4)', [
      employeeId(login),
      number,
      login,
      personId(login),
    ])
    const role = everyRole.find((one) => loginOf(one) === login)
    if (role && roles.length > 0)
      await house.owner.query('insert into role_assignment (id, employee_id, role) values ($1, $2, $3)', [uuidV5(`matrix:${role}`), employeeId(login), role])
  }
})
afterAll(() => house.close())

// What the definition says, read here anew: nothing below asks `judge`, `arrowsFrom` or the machine.

type Named = readonly { readonly action: string; readonly seat: string | undefined; readonly by: readonly Authority[] }[]
const flat = (authority: Authority): Authority[] => (authority.kind === 'anyOf' ? authority.rules.flatMap(flat) : [authority])

const read = new Map<AnyProcess, Map<string, Named>>()
/** The acts that a state names, and everyone whom any branch of each names. */
function namedIn(definition: AnyProcess, state: string): Named {
  const states = read.get(definition) ?? new Map<string, Named>()
  read.set(definition, states)
  const named = states.get(state) ?? readIn(definition, state)
  states.set(state, named)
  return named
}
function readIn(definition: AnyProcess, state: string): Named {
  const step: any = definition.states[state]
  if (step.type === 'final') return []
  const written = Object.entries<any>(step.on ?? {}).map(([action, given]) => ({
    action,
    seat: undefined,
    by: [given].flat().flatMap(({ by }: any) => flat(by ?? step.assignee)),
  }))
  return [...written, ...(step.type === 'countersign' ? votesNamedIn(step) : []), ...granted(definition, state)]
}
/** The voices of a countersign: by name, or drawn from a role or a department. */
function votesNamedIn({ seats, voters, sign, against, abstain }: any): Named {
  const events = [sign, against?.event, abstain?.event].filter((event) => event !== undefined)
  const drawn = voters && [{ ...voters, kind: 'everyone' in voters ? 'role' : 'department', role: voters.everyone ?? voters.as }]
  const voices = drawn ? [[undefined, drawn]] : Object.entries<any>(seats).map(([seat, { by }]) => [seat, flat(by)])
  const counted = drawn ? [{ action: 'COUNT', seat: undefined, by: [{ kind: 'system' } as const] }] : []
  return [...events.flatMap((action) => voices.map(([seat, by]: any) => ({ action, seat, by }))), ...counted]
}
/** What a process grants without an arrow of its own: to nobody that tries here. */
function granted({ withdrawal, states }: AnyProcess, state: string): Named {
  const led = Object.entries<any>(states).filter(([from, step]) =>
    Object.values<any>(step.on ?? {}).some((given) => from !== state && [given].flat().some(({ retractable, target }: any) => retractable && target === state)),
  )
  return [
    ...(withdrawal?.from.includes(state) ? [{ action: 'WITHDRAW', seat: undefined, by: [{ kind: 'applicant' } as const] }] : []),
    ...(led.length > 0 ? [{ action: 'TAKE_BACK', seat: undefined, by: led.map(([from]) => ({ kind: 'lastToAct', in: from }) as const) }] : []),
  ]
}
const statesOf = (definition: AnyProcess) => Object.keys(definition.states)
const namedAnywhere = (definition: AnyProcess): Named => statesOf(definition).flatMap((state) => namedIn(definition, state))

/** No case here has an applicant, a department or a named person that is one of those who try. */
const isNamed = ({ roles, isSystem }: Person, rules: readonly Authority[]) =>
  rules.some((rule) => (rule.kind === 'system' ? isSystem : rule.kind === 'role' && !isSystem && roles.includes(rule.role)))
const maySee = (definition: AnyProcess, { roles, isSystem }: Person) =>
  isSystem ||
  roles.includes('AUDITOR') ||
  roles.includes(definition.owner) ||
  namedAnywhere(definition).some(({ by }) => by.some((rule) => rule.kind === 'role' && roles.includes(rule.role)))

const mayTry = ({ definition, state, action, seat, person }: Cell) =>
  namedIn(definition, state).some((act) => act.action === action && act.seat === seat && isNamed(person, act.by))

/** The refusals that must come to whoever is not named. `exactly`: nothing else may come. */
function mustBe(cell: Cell): { includes: readonly string[]; exactly: boolean } {
  const { definition, state, action, person } = cell
  if (!maySee(definition, person)) return { includes: ['NOT_FOUND'], exactly: true }
  if (definition.states[state]!.type === 'final') return { includes: ['ACTION_UNAVAILABLE'], exactly: true }
  if (namedIn(definition, state).some((act) => act.action === action)) return { includes: ['NOT_AUTHORISED'], exactly: false }
  const elsewhere = namedAnywhere(definition).filter((act) => act.action === action)
  const anywhere = elsewhere.some(({ by }) => isNamed(person, by))
  return { includes: anywhere ? ['ACTION_UNAVAILABLE'] : ['NOT_AUTHORISED', 'ACTION_UNAVAILABLE'], exactly: true }
}
/** Whoever is named may still lack a form, a fact, a limit or a process; never the role, and nobody here is separated from anything. */
const mayLack = ['FORM_INVALID', 'CONDITION_UNMET', 'LIMIT_EXCEEDED', 'PROCESS_UNAVAILABLE']

// Which cells are tried.

const distinctActs = (acts: Named) => [...new Map(acts.map(({ action, seat }) => [`${action} ${seat}`, { action, seat }])).values()]

/** `own`: by those whom the process names, a few others, nobody and the system; `strangers`: by all the rest; `elsewhere`: acts of other states. */
interface Cells {
  readonly own: Cell[]
  readonly strangers: Cell[]
  readonly elsewhere: Cell[]
}
function cellsOf(definition: AnyProcess): Cells {
  const everyone = [...holders.values(), roleless, service]
  const known = everyone.filter((person) => namedAnywhere(definition).some(({ by }) => isNamed(person, by)))
  const few = everyone.filter((person) => !known.includes(person)).filter((_, index) => index % 12 === 3)
  const own = new Set([...known, ...few.slice(0, 5), roleless, service])
  const cells: Cells = { own: [], strangers: [], elsewhere: [] }
  for (const state of statesOf(definition)) {
    const here = namedIn(definition, state)
    for (const [act, { action, seat, by }] of here.entries())
      for (const [place, person] of everyone.entries()) {
        const isHisTurn = isNamed(person, by) || (act + place + seed) % turns === 0
        if (own.has(person) ? isHisTurn : true) cells[own.has(person) ? 'own' : 'strangers'].push({ definition, state, action, seat, person })
      }
    const others = distinctActs(namedAnywhere(definition)).filter(({ action, seat }) => !here.some((act) => act.action === action && act.seat === seat))
    for (const act of others) for (const person of own) cells.elsewhere.push({ definition, state, ...act, person })
  }
  return cells
}
const evenly = <T>(all: readonly T[], count: number): T[] =>
  all.length <= count ? [...all] : Array.from({ length: count }, (_, at) => all[(Math.floor((at * all.length) / count) + seed) % all.length]!)

// The cases: put where they are by the owner, with nobody as a party.

const applicant = 'technician-1'
/** What a case remembers that was put into a state: in a countersign, its ballot. */
function placedHandling(definition: AnyProcess, state: string): object {
  const step: any = definition.states[state]
  if (step.type !== 'countersign') return {}
  const drawn = step.voters && ('departments' in step.voters ? { kind: 'department', id: departmentId('FINANCE') } : { kind: 'role', id: step.voters.everyone })
  const seats = drawn ? [{ key: drawn.id, ...drawn }] : Object.keys(step.seats).map((key) => ({ key, kind: 'seat', id: key }))
  return { ballot: { state, drawnAt: 1, seats } }
}
async function placeCases(places: readonly { id: string; definition: AnyProcess; state: string }[]): Promise<void> {
  const rows = places.map(({ id, definition, state }) => {
    const step = definition.states[state]!
    const { fingerprint } = house.processes.current.get(definition.id)!
    return {
      id,
      process: definition.id,
      version: definition.version,
      hash: fingerprint,
      state,
      handling: placedHandling(definition, state),
      outcome: step.type === 'final' ? step.outcome : null,
    }
  })
  await house.owner.query(
    `insert into service_case (id, number, process, definition_version, definition_hash, state, handling, outcome, version, round, decisions, applicant_id, applicant_person_id, customer_id, head_hash, opened_at, updated_at, entered_at)
     select r.id, r.id::text, r.process, r.version, r.hash, r.state, r.handling, r.outcome, 1, 1, '[]', $2, $3, $4, repeat('0', 64), now(), now(), now()
       from jsonb_to_recordset($1::jsonb) as r(id uuid, process text, version integer, hash text, state text, handling jsonb, outcome text)`,
    [JSON.stringify(rows), employeeId(applicant), personId(applicant), customerId('C0001')],
  )
}

/** Everything that an act may change, of these cases or of all. */
async function digest(ids: readonly string[] | null): Promise<string> {
  const of = (table: string, column: string, where = 'true') =>
    `(select count(*) || md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from ${table} t where (${where}) and ($1::uuid[] is null or ${column} = any($1)))`
  const parts = [
    of('service_case', 'id'),
    of('task', 'case_id'),
    of('form_version', 'case_id'),
    of('case_participant', 'case_id'),
    of('audit_entry', 'case_id', `result = 'DONE'`),
  ]
  const whole = ids === null ? [of('customer', 'id'), '(select count(*)::text from idempotency)'] : []
  const { rows } = await house.pool.query(`select concat_ws('|', ${[...parts, ...whole].join(', ')}) as digest`, [ids])
  return rows[0].digest
}

// The trying.

/** Small papers that many acts ask for, so that more of what may be done is done. */
const papers: Readonly<Record<string, object>> = { reason: { reason: '理由' }, opinion: {}, countersignOpinion: { stance: 'AGREE', opinion: '同意' } }
function formsFor({ definition, state, action }: Cell): Record<string, object> {
  const step: any = definition.states[state]
  const asked: string[] = step.type === 'countersign' ? [step.form] : [step.on?.[action] ?? []].flat().flatMap(({ form }: any) => form ?? [])
  return Object.fromEntries(asked.filter((key) => key in papers).map((key) => [key, papers[key]!]))
}
let keys = 0
async function attempt(caseId: string, cell: Cell, forms: Record<string, object> = {}): Promise<Verdict> {
  const { definition, action, seat, person } = cell
  const door = keys % 20 === 0 ? house.door : quickDoor
  const request = { actorId: employeeId(person.login), idempotencyKey: `matrix-${keys++}`, requestId: 'matrix' }
  try {
    await door.decide({ ...request, caseId, process: definition.id, action, forms, ...(seat !== undefined && { seat }) })
    return { done: true, codes: [] }
  } catch (error) {
    if (error instanceof Refused) return { done: false, codes: error.reasons.map(({ code }) => code) }
    throw new Error(`${nameOf(cell)} broke`, { cause: error })
  }
}
const nameOf = ({ definition, state, action, seat, person }: Cell) => `${definition.id} ${state} ${action}${seat ? ` as ${seat}` : ''} by ${person.login}`
async function inPool<T>(jobs: readonly T[], work: (job: T) => Promise<void>): Promise<void> {
  const queue = jobs[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: inParallel }, async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
    }),
  )
}

/** Not named: refused for the right reason, and nothing has changed. One case a state serves for all of them. */
async function tryUnnamed(cells: readonly Cell[]): Promise<string[]> {
  const wrong: string[] = []
  const batches = [...Map.groupBy(cells, ({ definition, state }) => `${definition.id}/${state}`)].map(([place, tried]) => ({
    id: uuidV5(`matrix ${place} ${keys}`),
    tried,
  }))
  await placeCases(batches.map(({ id, tried }) => ({ id, ...tried[0]! })))
  const before = await digest(null)
  await inPool(batches, async ({ id, tried }) => {
    const untouched = await digest([id])
    for (const cell of tried) {
      const { done, codes } = await attempt(id, cell)
      const { includes, exactly } = mustBe(cell)
      const right = !done && includes.every((code) => codes.includes(code)) && (!exactly || codes.every((code) => includes.includes(code)))
      if (!right) wrong.push(`${nameOf(cell)}: ${done ? 'DONE' : codes}, not ${includes}`)
    }
    if ((await digest([id])) !== untouched) wrong.push(`${tried[0]!.definition.id} ${tried[0]!.state}: a refused act changed the case`)
  })
  if ((await digest(null)) !== before) wrong.push('refused acts changed something')
  return wrong
}

/** Named: a fresh case each, since it may be done. */
async function tryNamed(cells: readonly Cell[]): Promise<{ wrong: string[]; done: number }> {
  const wrong: string[] = []
  let done = 0
  const jobs = cells.map((cell) => ({ cell, id: uuidV5(`matrix ${nameOf(cell)} ${keys++}`) }))
  await placeCases(jobs.map(({ id, cell }) => ({ id, ...cell })))
  await inPool(jobs, async ({ cell, id }) => {
    const untouched = await digest([id])
    const verdict = await attempt(id, cell, formsFor(cell))
    const { rows } = await house.pool.query(`select action, role_used as role, from_state as "from" from audit_entry where stream = $1`, [`case:${id}`])
    const changed = (await digest([id])) !== untouched
    if (verdict.done) {
      done++
      const [entry] = rows
      const entitled = entry && (entry.role === 'SYSTEM' ? cell.person.isSystem : cell.person.roles.includes(entry.role))
      if (rows.length !== 1 || entry.action !== cell.action || entry.from !== cell.state || !entitled)
        wrong.push(`${nameOf(cell)}: done, but on record as ${JSON.stringify(rows)}`)
    } else {
      if (!verdict.codes.every((code) => mayLack.includes(code))) wrong.push(`${nameOf(cell)}: ${verdict.codes}`)
      if (changed || rows.length > 0) wrong.push(`${nameOf(cell)}: refused, and yet it changed the case`)
    }
  })
  return { wrong, done }
}

test('every act of every state is open to whom the definition names, and to nobody else', async () => {
  const started = performance.now()
  const all = definitions.map(cellsOf)
  const own = all.flatMap((one) => one.own)
  const strangers = all.flatMap((one) => one.strangers)
  const elsewhere = all.flatMap((one) => one.elsewhere)
  const spread = { strangers: evenly(strangers, bounds.strangers), elsewhere: evenly(elsewhere, bounds.elsewhere) }
  const tried = [...own, ...spread.strangers, ...spread.elsewhere]
  const named = tried.filter(mayTry)
  const { wrong, done } = await tryNamed(named)
  wrong.push(...(await tryUnnamed(tried.filter((cell) => !mayTry(cell)))))
  const { rows } = await house.pool.query(`select count(*)::int as refusals from audit_entry where result = 'REFUSED'`)
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(
    `authority matrix from seed ${seed}: ${definitions.length} processes, ${tried.length} cells in ${seconds} s: acts of the state ${own.length} by those named and a few others, ` +
      `${spread.strangers.length} of ${strangers.length} by everybody else; ${spread.elsewhere.length} of ${elsewhere.length} acts of other states. ` +
      `${done} done, ${tried.length - done} refused, of which ${named.length - done} for a form or a fact alone`,
  )
  expect(wrong.slice(0, 20)).toEqual([])
  expect(rows[0].refusals + counted).toBe(tried.length - done)
  expect(house.reported).toEqual([])
}, 600_000)

test('only whom the definition names may open a case', async () => {
  const wrong: string[] = []
  const before = await digest(null)
  for (const definition of definitions) {
    await inPool([...holders.values(), roleless, service], async (person) => {
      const request = { actorId: employeeId(person.login), idempotencyKey: `matrix-${keys++}`, requestId: 'matrix' }
      // No process starts with a form of this one field: whoever may open learns that, and nobody else does.
      const refusal = await house.door.open({ ...request, process: definition.id, form: { noSuchField: 1 } }).catch((error: unknown) => error)
      const codes = refusal instanceof Refused ? refusal.reasons.map(({ code }) => code) : [String(refusal)]
      const expected = isNamed(person, flat(definition.startedBy)) ? 'FORM_INVALID' : 'NOT_AUTHORISED'
      if (!codes.every((code) => code === expected)) wrong.push(`${definition.id} by ${person.login}: ${codes}`)
    })
  }
  expect(wrong).toEqual([])
  expect(await digest(null)).toBe(before)
}, 60_000)

test('the printed matrix is fresh', () => {
  expect(readFileSync(path.join(root, 'workflows', 'authority-matrix.txt'), 'utf8')).toBe(authorityMatrix(definitions))
})
