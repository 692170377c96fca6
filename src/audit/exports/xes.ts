import { type CaseEvent, type ExportedCase, type ExportedEntry, textOf } from './entry.js'

/** The standard extensions of IEEE 1849-2016 that are used, and our own. */
const extensions = [
  ['Concept', 'concept', 'http://www.xes-standard.org/concept.xesext'],
  ['Time', 'time', 'http://www.xes-standard.org/time.xesext'],
  ['Organizational', 'org', 'http://www.xes-standard.org/org.xesext'],
  ['Lifecycle', 'lifecycle', 'http://www.xes-standard.org/lifecycle.xesext'],
  ['Cost', 'cost', 'http://www.xes-standard.org/cost.xesext'],
  ['Countersign', 'countersign', 'urn:countersign:xesext:1'],
] as const

type Type = 'string' | 'date' | 'int' | 'float'
type Attribute = readonly [type: Type, key: string, value: string | number | null]

const traceGlobals: readonly Attribute[] = [['string', 'concept:name', 'UNKNOWN']]
const eventGlobals: readonly Attribute[] = [
  ['string', 'concept:name', 'UNKNOWN'],
  ['date', 'time:timestamp', '1970-01-01T00:00:00.000+00:00'],
  ['string', 'org:resource', 'UNKNOWN'],
  ['string', 'lifecycle:transition', 'complete'],
]
const logAttributes: readonly Attribute[] = [
  ['string', 'concept:name', 'Countersign'],
  ['string', 'lifecycle:model', 'standard'],
]
const head = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
${extensions.map(([name, prefix, uri]) => `<extension name="${name}" prefix="${prefix}" uri="${uri}"/>`).join('\n')}
<global scope="trace">${traceGlobals.map(element).join('')}</global>
<global scope="event">${eventGlobals.map(element).join('')}</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Activity and role" keys="concept:name org:role"/>
<classifier name="Resource" keys="org:resource"/>
${logAttributes.map(element).join('')}
`

/** An event log of cases (IEEE 1849-2016): a trace a case, an event for what was done in it. Elements in the order of the standard's schema. */
export async function* xes(events: AsyncIterable<CaseEvent>): AsyncGenerator<string, void> {
  yield head
  let open: string | null = null
  for await (const { of, entry } of events) {
    if (of.id !== open) yield `${open === null ? '' : '</trace>\n'}<trace>\n${traceAttributes(of).map(element).join('')}\n`
    open = of.id
    yield `<event>${eventAttributes(entry).map(element).join('')}</event>\n`
  }
  yield `${open === null ? '' : '</trace>\n'}</log>\n`
}

const traceAttributes = (of: ExportedCase): readonly Attribute[] => [
  ['string', 'concept:name', of.number],
  ['string', 'countersign:process', of.process],
  ['int', 'countersign:definitionVersion', of.definitionVersion],
  ['string', 'countersign:state', of.state],
  ['string', 'countersign:outcome', of.outcome],
  ['string', 'countersign:applicant', of.applicant.number],
  ['string', 'countersign:customer', of.customerCode],
  ['float', 'cost:total', of.amount],
  ['string', 'cost:currency', of.amount === null ? null : 'CNY'],
]

function eventAttributes(entry: ExportedEntry): readonly Attribute[] {
  const { seat, round, contentDigest } = textOf(entry)
  return [
    ['string', 'concept:name', entry.action],
    ['string', 'org:resource', entry.actor?.number ?? 'SYSTEM'],
    ['string', 'org:role', entry.roleUsed],
    ['date', 'time:timestamp', withOffset(entry.occurredAt)],
    ['string', 'lifecycle:transition', 'complete'],
    ['date', 'countersign:recordedAt', withOffset(entry.recordedAt)],
    ['string', 'countersign:from', entry.from],
    ['string', 'countersign:to', entry.to],
    ['string', 'countersign:seat', seat],
    ['int', 'countersign:round', round],
    ['string', 'countersign:stream', entry.stream.slice(0, entry.stream.indexOf(':'))],
    ['int', 'countersign:sequence', entry.sequence],
    ['string', 'countersign:actorName', entry.actor?.name ?? null],
    ['string', 'countersign:onBehalfOf', entry.onBehalfOf?.number ?? null],
    ['float', 'countersign:amount', entry.amount],
    ['string', 'countersign:contentDigest', contentDigest],
    ['string', 'countersign:position', entry.position],
    ['string', 'countersign:hash', entry.hash],
  ]
}

/** To the millisecond, with the offset written out. */
const withOffset = (at: string): string => `${at.slice(0, 23)}+00:00`

function element([type, key, value]: Attribute): string {
  return value === null ? '' : `<${type} key="${key}" value="${xmlText(String(value))}"/>`
}

/** Text within an attribute. What XML 1.0 cannot hold at all (2.2, Char) is replaced; ends of lines are kept by number (3.3.3). */
export function xmlText(text: string): string {
  const possible = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
  return possible.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
