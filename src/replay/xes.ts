import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SaxesParser } from 'saxes'

/** One recorded event. `at`: ISO 8601 in UTC; `role`: as recorded, empty when the log names none. */
export interface RecordedEvent {
  readonly activity: string
  readonly role: string
  readonly at: string
  readonly attributes: Readonly<Record<string, string>>
}
/** One recorded case with its events in the order of the file. */
export interface Trace {
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
  readonly events: readonly RecordedEvent[]
}
/** The log cannot be read; the message is a sentence for the person who named the file. */
export class LogUnreadable extends Error {}

/**
 * Reads an event log (XES, IEEE 1849) trace by trace, never more of the file than asked for; `.gz` is unpacked on the way.
 * Throws {@link LogUnreadable} for a file that is missing, not gzip, not XES or broken off, after the traces before that place.
 */
export async function* tracesIn(file: string): AsyncGenerator<Trace, void> {
  const log = parserOf()
  const stream = textOf(file)
  try {
    for await (const chunk of stream) {
      log.write(chunk)
      yield* log.finished.splice(0)
    }
    log.close()
  } catch (error) {
    throw new LogUnreadable(`${file} ${sentenceFor(error)}`, { cause: error })
  } finally {
    stream.destroy()
  }
}

function textOf(file: string): Readable {
  const bytes = createReadStream(file)
  // The pipeline hands an error of the file on to whoever reads; its own callback has nothing to add.
  const stream = file.endsWith('.gz') ? pipeline(bytes, createGunzip(), () => {}) : bytes
  return stream.setEncoding('utf8')
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
  Z_DATA_ERROR: 'is named .gz, but is not gzip or is damaged',
  Z_BUF_ERROR: 'is truncated: its gzip data breaks off',
}
function sentenceFor(error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  if (error instanceof Fault) return message
  return sentences[code ?? ''] ?? (code ? `cannot be read: ${message}` : `is not XES: ${message}`)
}
/** What is wrong with the log, as the rest of a sentence about the file. */
class Fault extends Error {}

type Attributes = Record<string, string>

/** Text in, finished traces out. Attributes of attributes, of globals and of the log itself are passed over. */
function parserOf() {
  const sax = new SaxesParser()
  const finished: Trace[] = []
  const path: string[] = []
  let trace: { attributes: Attributes; events: RecordedEvent[] } = { attributes: {}, events: [] }
  let event: Attributes = {}
  let count = 0
  sax.on('opentag', ({ name, attributes: { key, value } }) => {
    path.push(name)
    if (path[0] !== 'log') throw new Fault(`is not XES: its root element is <${name}>, not <log>`)
    if (path.length === 2 && name === 'trace') trace = { attributes: {}, events: [] }
    else if (path[1] !== 'trace') return
    else if (path.length === 3 && name === 'event') event = {}
    else if (path.length === 3 && key !== undefined) trace.attributes[key] = value ?? ''
    else if (path.length === 4 && path[2] === 'event' && key !== undefined) event[key] = value ?? ''
  })
  sax.on('closetag', () => {
    if (path[1] === 'trace' && path.length === 3 && path[2] === 'event') trace.events.push(eventOf(event, `trace ${count + 1}`))
    if (path[1] === 'trace' && path.length === 2) finished.push(traceOf(trace, ++count))
    path.pop()
  })
  return {
    finished,
    write: (chunk: string) => void sax.write(chunk),
    close: () => {
      if (path.length > 0) throw new Fault(`is truncated: it breaks off after ${count} whole traces`)
      sax.close()
    },
  }
}

function traceOf({ attributes, events }: Omit<Trace, 'id'>, count: number): Trace {
  const id = attributes['concept:name']
  if (!id) throw new Fault(`is not usable: trace ${count} has no concept:name`)
  return { id, attributes, events }
}
function eventOf(attributes: Attributes, where: string): RecordedEvent {
  const activity = attributes['concept:name']
  const time = new Date(attributes['time:timestamp'] ?? '')
  if (!activity) throw new Fault(`is not usable: an event of ${where} has no concept:name`)
  if (Number.isNaN(time.valueOf())) throw new Fault(`is not usable: ${activity} of ${where} has no valid time:timestamp`)
  return { activity, role: attributes['org:role'] ?? '', at: time.toISOString(), attributes }
}
