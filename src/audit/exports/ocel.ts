import { type CaseEvent, type ExportedCase, type ExportedPerson, textOf, toMilliseconds } from './entry.js'

/** What an object-centric log is written from. Both are read once, the events first. */
export interface OcelSource {
  readonly events: AsyncIterable<CaseEvent>
  readonly cases: AsyncIterable<ExportedCase>
}

type Type = 'string' | 'time' | 'integer' | 'float'
const eventAttributes: Readonly<Record<string, Type>> = {
  process: 'string',
  from: 'string',
  to: 'string',
  role: 'string',
  seat: 'string',
  round: 'integer',
  stream: 'string',
  sequence: 'integer',
  amount: 'float',
  recordedAt: 'time',
  hash: 'string',
}
const caseAttributes: Readonly<Record<string, Type>> = { state: 'string', outcome: 'string', amount: 'float', openedAt: 'time', definitionVersion: 'integer' }
const others: Readonly<Record<string, Readonly<Record<string, Type>>>> = { customer: { code: 'string' }, employee: { number: 'string', name: 'string' } }

interface Relationship {
  readonly objectId: string
  readonly qualifier: string
}
/** Ids are of one list in a log, whatever the type. */
const caseObject = (number: string): string => `case:${number}`
const customerObject = (code: string): string => `customer:${code}`
const employeeObject = ({ number }: ExportedPerson): string => `employee:${number}`

/**
 * An object-centric event log (OCEL 2.0, JSON): events of what was done; cases by process, customers and employees as objects.
 * Values are text, as the published schema wants them, and the types say what they are; types come last, when all are known. Of people,
 * customers and types the names are kept while events are written; nothing else is.
 */
export async function* ocel({ events, cases }: OcelSource): AsyncGenerator<string, void> {
  const named: Named = { people: new Map(), customers: new Set(), actions: new Set(), processes: new Set() }
  yield '{"events":['
  yield* listed(eventsOf(events, named))
  yield '],\n"objects":['
  yield* listed(objectsOf(cases, named))
  const { actions, processes } = named
  yield `],\n"eventTypes":${typesOf([...actions].sort().map((action) => [action, eventAttributes]))},\n`
  yield `"objectTypes":${typesOf([...[...processes].sort().map((process) => [process, caseAttributes] as const), ...Object.entries(others)])}}\n`
}
const typesOf = (types: readonly (readonly [name: string, attributes: Readonly<Record<string, Type>>])[]): string =>
  JSON.stringify(types.map(([name, attributes]) => ({ name, attributes: Object.entries(attributes).map(([of, type]) => ({ name: of, type })) })))

async function* listed(items: AsyncIterable<object>): AsyncGenerator<string, void> {
  let before = '\n'
  for await (const item of items) {
    yield `${before}${JSON.stringify(item)}`
    before = ',\n'
  }
}

interface Named {
  readonly people: Map<string, ExportedPerson>
  readonly customers: Set<string>
  readonly actions: Set<string>
  readonly processes: Set<string>
}

async function* eventsOf(events: AsyncIterable<CaseEvent>, { people, customers, actions }: Named): AsyncGenerator<object, void> {
  for await (const { of, entry } of events) {
    actions.add(entry.action)
    const { seat, round } = textOf(entry)
    const relationships: Relationship[] = [{ objectId: caseObject(of.number), qualifier: 'case' }]
    if (entry.customerCode !== null) {
      customers.add(entry.customerCode)
      relationships.push({ objectId: customerObject(entry.customerCode), qualifier: 'customer' })
    }
    for (const [person, qualifier] of [
      [entry.actor, 'actor'],
      [entry.onBehalfOf, 'onBehalfOf'],
    ] as const) {
      if (person === null) continue
      people.set(person.id, person)
      relationships.push({ objectId: employeeObject(person), qualifier })
    }
    const { process, from, to, roleUsed: role, sequence, amount, hash } = entry
    const stream = entry.stream.slice(0, entry.stream.indexOf(':'))
    const values = { process, from, to, role, seat, round, stream, sequence, amount, recordedAt: toMilliseconds(entry.recordedAt), hash }
    const attributes = present(values).map(([name, value]) => ({ name, value }))
    yield { id: entry.position, type: entry.action, time: toMilliseconds(entry.occurredAt), attributes, relationships }
  }
}

async function* objectsOf(cases: AsyncIterable<ExportedCase>, { people, customers, processes }: Named): AsyncGenerator<object, void> {
  for await (const of of cases) {
    processes.add(of.process)
    people.set(of.applicant.id, of.applicant)
    if (of.customerCode !== null) customers.add(of.customerCode)
    const { state, outcome, amount, openedAt, definitionVersion } = of
    yield {
      id: caseObject(of.number),
      type: of.process,
      attributes: timed({ state, outcome, amount, openedAt: toMilliseconds(openedAt), definitionVersion }, toMilliseconds(of.changedAt)),
      relationships: [
        { objectId: employeeObject(of.applicant), qualifier: 'applicant' },
        ...(of.customerCode === null ? [] : [{ objectId: customerObject(of.customerCode), qualifier: 'customer' }]),
        ...(of.parentNumber === null ? [] : [{ objectId: caseObject(of.parentNumber), qualifier: 'openedBy' }]),
      ],
    }
  }
  for (const code of customers) yield { id: customerObject(code), type: 'customer', attributes: timed({ code }, always), relationships: [] }
  for (const person of people.values()) {
    const { number, name } = person
    yield { id: employeeObject(person), type: 'employee', attributes: timed({ number, name }, always), relationships: [] }
  }
}

/** The moment of a value that an object has always had, as the standard's own example writes it. */
const always = '1970-01-01T00:00:00Z'
type Values = Readonly<Record<string, string | number | null>>
const present = (values: Values): [string, string][] => Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))
const timed = (values: Values, time: string) => present(values).map(([name, value]) => ({ name, time, value }))
