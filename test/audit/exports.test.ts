import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { caseStream, chain, genesis, hashOf } from '../../src/audit/chain.js'
import { cellOf, csv } from '../../src/audit/exports/csv.js'
import type { CaseEvent, ExportedCase, ExportedEntry } from '../../src/audit/exports/entry.js'
import { jsonl } from '../../src/audit/exports/jsonl.js'
import { type ExportManifest, manifestFormat, readManifest, signedManifest } from '../../src/audit/exports/manifest.js'
import { ocel } from '../../src/audit/exports/ocel.js'
import { xes } from '../../src/audit/exports/xes.js'
import { entryWith } from '../../src/engine/entry.js'
import { csvIn } from '../support/csv.js'
import { testKeys } from '../support/keys.js'

const person = (number: string, name = number) => ({ id: `id of ${number}`, number, name })
const caseId = '0b0c6e0a-0000-4000-8000-000000000001'
const kase = (number: string, extra: Partial<ExportedCase> = {}): ExportedCase => ({
  id: caseId,
  number,
  process: 'expense-reimbursement',
  definitionVersion: 1,
  state: 'paid',
  outcome: 'completed',
  applicant: person('E1'),
  customerCode: null,
  amount: '26.85',
  openedAt: '2026-03-01T08:00:00.000001Z',
  changedAt: '2026-03-02T08:00:00.123456Z',
  parentNumber: null,
  ...extra,
})
/** An entry as the chain makes it, with whatever a test says of it besides. */
function entry(position: number, extra: Partial<ExportedEntry> = {}): ExportedEntry {
  const action = extra.action ?? 'APPROVE'
  const facts = entryWith({
    process: 'expense-reimbursement',
    definitionVersion: 1,
    definitionHash: 'f',
    action,
    actor: { id: 'a', kind: 'employee' },
    requestId: 'r',
    idempotencyKey: 'k',
  })
  const recordedAt = '2026-03-02T08:00:00.123456Z'
  const chained = chain(facts, { stream: caseStream(caseId), sequence: position, caseId, recordedAt, previousHash: genesis }, testKeys.mac[0]!)
  const beside = { onBehalfOf: null, grantId: null, customerCode: null, amount: null, reasonCodes: [], aside: null }
  return {
    ...{
      position: String(position),
      logIndex: position - 1,
      stream: caseStream(caseId),
      sequence: position,
      recordedAt,
      occurredAt: recordedAt,
      caseId,
      caseNumber: 'ER-1',
    },
    ...{ process: facts.process, action, result: 'DONE', actor: person('E2', '梅兰'), roleUsed: 'SUPERVISOR', from: 'submitted', to: 'approved' },
    ...beside,
    ...chained,
    ...extra,
  }
}
async function* each<T>(...items: readonly T[]): AsyncGenerator<T, void> {
  yield* items
}
async function written(texts: AsyncIterable<string>): Promise<string> {
  let all = ''
  for await (const text of texts) all += text
  return all
}
const sheet = async (...entries: readonly ExportedEntry[]) => csvIn(await written(csv(each(...entries))))

/** `FC_RUNS`: how many sheets and logs of random texts; `FC_SEED` repeats them. */
const some = { numRuns: Number(process.env['FC_RUNS'] ?? 10), ...(process.env['FC_SEED'] && { seed: Number(process.env['FC_SEED']) }) }

describe('JSON lines', () => {
  test('an entry a line, and whoever has it can reckon its hash', async () => {
    const lines = (await written(jsonl(each(entry(1), entry(2))))).trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      const { content, previousHash, hash, macKey, logIndex, position } = JSON.parse(line)
      expect(hashOf(content, previousHash)).toBe(hash)
      expect(JSON.parse(content)).toMatchObject({ action: 'APPROVE', sequence: Number(position) })
      expect([macKey, logIndex]).toEqual(['mac-1', Number(position) - 1])
    }
  })
})

describe('a sheet', () => {
  test('has a byte order mark, a header of codes, lines ended by CR LF, and a line of nothing but the header for nothing', async () => {
    const text = await written(csv(each(entry(1))))
    expect(text.startsWith('\uFEFFposition,logIndex,recordedAt,occurredAt,stream,sequence,caseNumber,process,')).toBe(true)
    expect(text.endsWith('\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(await sheet()).toHaveLength(1)
  })
  test('what stands in it is what is on record', async () => {
    const text = '他说："可以"，\r\n第二行, "quoted"\n;end'
    const [header, row] = await sheet(entry(7, { aside: { signedName: '岑慧珠', text }, reasonCodes: ['NOT_AUTHORISED', 'SOD_CONFLICT'], amount: '26.85' }))
    const read = Object.fromEntries(header!.map((name, column) => [name, row![column]]))
    expect(read).toMatchObject({ position: '7', logIndex: '6', actorNumber: 'E2', actorName: '梅兰', amount: '26.85', text, signedName: '岑慧珠' })
    expect(read).toMatchObject({ reasonCodes: 'NOT_AUTHORISED SOD_CONFLICT', onBehalfOfName: '', round: '1', hash: entry(7).hash })
  })
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠SUM(A1)', '﹦1', '  =1', '\u3000=1', `=cmd|' /C calc'!A0`]
  test.each(formulas)('%j is no formula', async (formula) => {
    const [header, row] = await sheet(entry(1, { actor: person('E1', formula), aside: { text: formula } }))
    expect([row![header!.indexOf('actorName')], row![header!.indexOf('text')]]).toEqual([`'${formula}`, `'${formula}`])
  })
  test('a NUL in front is no way round the guard', () => {
    expect(cellOf('\0=1+1')).toBe(`'<U+0000>=1+1`)
  })
  test.each(['审批通过', 'a=b', '1-2', "'=1", '', 'x@y.cn', '“=1”'])('%j stays as it is', (text) => {
    expect(cellOf(text)).toBe(text)
  })
  test('what turns the direction of text, or hides in it, is shown', () => {
    expect(cellOf('付\u202E款\u2066x\u2069')).toBe('付<U+202E>款<U+2066>x<U+2069>')
    expect(cellOf('a\u200Bb\uFEFFc\u0007d\u0085e\u2028f\u{E0041}g\uD800')).toBe('a<U+200B>b<U+FEFF>c<U+0007>d<U+0085>e<U+2028>f<U+E0041>g<U+D800>')
    expect(cellOf('\u202E=1')).toBe('<U+202E>=1')
  })
  test('whatever stands in a cell is read back, and never begins a formula or holds what cannot be seen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 20, maxLength: 60 }), async (texts) => {
        const [header, ...rows] = await sheet(...texts.map((text, at) => entry(at + 1, { aside: { text } })))
        const read = rows.map((row) => row[header!.indexOf('text')])
        expect(read).toEqual(texts.map(cellOf))
        expect(read.filter((cell) => /^\s*[=+\-@＝＋－＠]|(?![\t\r\n])[\p{Cc}\p{Cf}]/u.test(cell!))).toEqual([])
      }),
      some,
    )
  })
})

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
}
/** The document, with namespaces; throws when it is not well-formed. */
function documentIn(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] }
  const path = [root]
  const parser = new SaxesParser({ xmlns: true })
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (uri !== 'http://www.xes-standard.org/') throw new Error(`${local} is not of XES`)
    const element = { name: local, attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])), children: [] }
    path.at(-1)!.children.push(element)
    path.push(element)
  })
  parser.on('closetag', () => void path.pop())
  parser.write(text).close()
  return root.children[0]!
}
const attributeIn = ({ children }: Element, key: string) => children.find(({ attributes }) => attributes['key'] === key)?.attributes['value']
const logOf = async (...events: readonly CaseEvent[]) => documentIn(await written(xes(each(...events))))

describe('XES', () => {
  const paid = kase('ER-1', { customerCode: 'C0001' })
  test('is a log of the standard: its elements in order, every prefix declared, a trace a case', async () => {
    const other = kase('ER-2', { id: '0b0c6e0a-0000-4000-8000-000000000002', outcome: null, amount: null })
    const log = await logOf({ of: paid, entry: entry(1) }, { of: paid, entry: entry(2) }, { of: other, entry: entry(3) })
    expect(log.attributes).toMatchObject({ 'xes.version': '1849-2016' })
    const order = ['extension', 'global', 'classifier', 'string', 'trace']
    const places = log.children.map(({ name }) => order.indexOf(name))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    const traces = log.children.filter(({ name }) => name === 'trace')
    expect(traces.map((trace) => [attributeIn(trace, 'concept:name'), trace.children.filter(({ name }) => name === 'event').length])).toEqual([
      ['ER-1', 2],
      ['ER-2', 1],
    ])
    expect([attributeIn(traces[0]!, 'cost:total'), attributeIn(traces[0]!, 'countersign:customer'), attributeIn(traces[1]!, 'cost:total')]).toEqual([
      '26.85',
      'C0001',
      undefined,
    ])
    const declared = new Set(log.children.filter(({ name }) => name === 'extension').map(({ attributes }) => attributes['prefix']))
    const keys = (element: Element): string[] => [...(element.attributes['key'] ? [element.attributes['key']] : []), ...element.children.flatMap(keys)]
    for (const key of keys(log)) expect(declared).toContain(key.split(':')[0])
  })
  test('every event has what the globals promise', async () => {
    const log = await logOf({ of: paid, entry: entry(1, { actor: null, roleUsed: null, occurredAt: '2018-01-02T03:04:05.678901Z' }) })
    const event = log.children.find(({ name }) => name === 'trace')!.children.find(({ name }) => name === 'event')!
    const globals = log.children.filter(({ name, attributes }) => name === 'global' && attributes['scope'] === 'event').flatMap(({ children }) => children)
    for (const { attributes } of globals) expect(attributeIn(event, attributes['key']!)).toBeDefined()
    expect([attributeIn(event, 'time:timestamp'), attributeIn(event, 'org:resource'), attributeIn(event, 'org:role')]).toEqual([
      '2018-01-02T03:04:05.678+00:00',
      'SYSTEM',
      undefined,
    ])
  })
  test('any text is read back, but for characters that XML 1.0 does not have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 20, maxLength: 60 }), async (texts) => {
        const log = await logOf(...texts.map((to, at) => ({ of: paid, entry: entry(at + 1, { to }) })))
        const events = log.children.at(-1)!.children.filter(({ name }) => name === 'event')
        const possible = (character: string) => /[\t\n\r\u0020-\uD7FF\uE000-\uFFFD]|[\u{10000}-\u{10FFFF}]/u.test(character)
        const readable = (text: string) => [...text].map((character) => (possible(character) ? character : '\uFFFD')).join('')
        expect(events.map((event) => attributeIn(event, 'countersign:to'))).toEqual(texts.map(readable))
      }),
      some,
    )
  })
  test('a log of no cases is a log', async () => {
    expect((await logOf()).children.filter(({ name }) => name === 'trace')).toEqual([])
  })
})

describe('OCEL', () => {
  const child = kase('CC-2', { id: '0b0c6e0a-0000-4000-8000-000000000002', process: 'complaint-handling', customerCode: 'C0002', parentNumber: 'ER-1' })
  const events: readonly CaseEvent[] = [
    { of: kase('ER-1'), entry: entry(1, { action: 'OPEN', actor: person('E1') }) },
    { of: kase('ER-1'), entry: entry(2, { onBehalfOf: person('E9'), customerCode: 'C0001' }) },
    { of: child, entry: entry(3, { action: 'OPEN', actor: null }) },
  ]
  const written0 = async () => JSON.parse(await written(ocel({ events: each(...events), cases: each(kase('ER-1'), child) })))
  test('names nothing that is not there: every type is declared with its attributes, every relationship leads to an object', async () => {
    const log = await written0()
    expect(Object.keys(log).sort()).toEqual(['eventTypes', 'events', 'objectTypes', 'objects'])
    const ids = new Set(log.objects.map(({ id }: { id: string }) => id))
    expect(ids.size).toBe(log.objects.length)
    expect(new Set(log.events.map(({ id }: { id: string }) => id)).size).toBe(events.length)
    for (const [items, types] of [
      [log.events, log.eventTypes],
      [log.objects, log.objectTypes],
    ])
      for (const { type, attributes, relationships } of items) {
        const declared = types.find(({ name }: { name: string }) => name === type).attributes.map(({ name }: { name: string }) => name)
        for (const { name } of attributes) expect(declared).toContain(name)
        for (const { objectId, qualifier } of relationships) expect([ids.has(objectId), typeof qualifier]).toEqual([true, 'string'])
      }
    expect([...ids].sort()).toEqual(['case:CC-2', 'case:ER-1', 'customer:C0001', 'customer:C0002', 'employee:E1', 'employee:E2', 'employee:E9'])
  })
  test('is of the shape that the published schema asks for', async () => {
    const log = await written0()
    const text = expect.any(String)
    const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/)
    const type = { name: text, attributes: expect.any(Array) }
    for (const of of [...log.eventTypes, ...log.objectTypes]) {
      expect(of).toEqual(type)
      for (const attribute of of.attributes) expect(attribute).toEqual({ name: text, type: expect.stringMatching(/^(string|time|integer|float|boolean)$/) })
    }
    for (const event of log.events) {
      expect(event).toEqual({ id: text, type: text, time, attributes: expect.any(Array), relationships: expect.any(Array) })
      for (const attribute of event.attributes) expect(attribute).toEqual({ name: text, value: text })
    }
    for (const object of log.objects) {
      expect(object).toEqual({ id: text, type: text, attributes: expect.any(Array), relationships: expect.any(Array) })
      for (const attribute of object.attributes) expect(attribute).toEqual({ name: text, time, value: text })
    }
  })
  test('a case that another opened leads to it', async () => {
    const { objects } = await written0()
    expect(objects.find(({ id }: { id: string }) => id === 'case:CC-2').relationships).toContainEqual({ objectId: 'case:ER-1', qualifier: 'openedBy' })
  })
  test('a log of no cases is a log', async () => {
    expect(JSON.parse(await written(ocel({ events: each(), cases: each() })))).toMatchObject({ events: [], objects: [], eventTypes: [] })
  })
})

describe('a manifest', () => {
  const manifest: ExportManifest = {
    ...{
      format: manifestFormat,
      product: 'Countersign',
      exportId: caseId,
      fileFormat: 'CSV',
      filter: { results: ['DONE'] },
      purpose: '年度审计 "2026"\n\n— x',
    },
    ...{
      requestedBy: person('E1'),
      requestedAt: '2026-03-02T08:00:00.000Z',
      finishedAt: '2026-03-02T08:01:00.000Z',
      entries: 3,
      bytes: 700,
      sha256: '0'.repeat(64),
    },
    ...{ firstPosition: '1', lastPosition: '9', logSize: 10, checkpoint: 'a\n\n— note\n' },
  }
  test('says what was signed', () => {
    expect(readManifest(testKeys, signedManifest(testKeys, manifest))).toEqual(manifest)
  })
  test('is none when a word of it was changed, when another key signed it, or when it is no manifest at all', () => {
    const text = signedManifest(testKeys, manifest)
    expect(readManifest(testKeys, text.replace('"entries": 3', '"entries": 4'))).toBeNull()
    const other = { ...testKeys, log: testKeys.subjects }
    expect(readManifest(testKeys, signedManifest(other, manifest))).toBeNull()
    for (const junk of ['', '{}', 'null', '[]', '{"note": 5}', text.replace(/"note": ".*"/, '"note": ""')]) expect(readManifest(testKeys, junk)).toBeNull()
  })
})
