import type { Ending } from './replay.js'

/** The conformance of a recorded history with the definition. `ended`: where the conforming cases stand. */
export interface Report {
  readonly cases: number
  readonly conforming: number
  readonly ended: Readonly<Record<string, number>>
  readonly deviations: readonly Deviation[]
  readonly casesPerSecond: number
  readonly seconds: number
}
/** Cases that left the definition at the same place; `firstCase` is the first of them in the file. */
export interface Deviation {
  readonly state: string
  readonly event: string
  readonly role: string
  readonly count: number
  readonly firstCase: string
}

/** Counts endings, in whatever order the cases end. */
export class Tally {
  cases = 0
  events = 0
  withoutAmount = 0
  private readonly ended = new Map<string, number>()
  private readonly deviations = new Map<string, { deviation: Deviation; place: number }>()
  private readonly start = performance.now()

  add({ place, caseName, state, deviation, hasAmount }: Ending): void {
    this.cases++
    if (!hasAmount) this.withoutAmount++
    if (!deviation) return void this.ended.set(state, (this.ended.get(state) ?? 0) + 1)
    const { activity: event, role } = deviation
    const key = JSON.stringify([state, event, role])
    const known = this.deviations.get(key)
    const first = known && known.place < place ? { firstCase: known.deviation.firstCase, place: known.place } : { firstCase: caseName, place }
    const counted: Deviation = { state, event, role, count: (known?.deviation.count ?? 0) + 1, firstCase: first.firstCase }
    this.deviations.set(key, { deviation: counted, place: first.place })
  }
  /** One line of progress. */
  line(): string {
    const { seconds, casesPerSecond } = this.pace()
    return `${count(this.cases)} cases, ${count(this.events)} events in ${seconds} s: ${casesPerSecond} cases per second`
  }
  report(): Report {
    const mostFirst = [...this.deviations.values()].sort((a, b) => b.deviation.count - a.deviation.count || a.place - b.place)
    const deviations = mostFirst.map(({ deviation }) => deviation)
    const ended = Object.fromEntries([...this.ended].sort(([, a], [, b]) => b - a))
    const deviating = deviations.reduce((sum, { count }) => sum + count, 0)
    const { seconds, casesPerSecond } = this.pace()
    return { cases: this.cases, conforming: this.cases - deviating, ended, deviations, casesPerSecond, seconds }
  }
  private pace(): { seconds: number; casesPerSecond: number } {
    const seconds = (performance.now() - this.start) / 1000
    return { seconds: Math.round(seconds * 10) / 10, casesPerSecond: Math.round((this.cases / seconds) * 10) / 10 }
  }
}

/** The report for a person: plain text. */
export function textOf({ cases, conforming, ended, deviations, casesPerSecond, seconds }: Report, withoutAmount: number): string {
  const ends = Object.entries(ended).map(([state, of]) => [state, count(of)])
  const places = [['State', 'Event', 'Role', 'Cases', 'First case'], ...deviations.map((at) => [at.state, at.event, at.role, count(at.count), at.firstCase])]
  return [
    `${count(conforming)} of ${count(cases)} cases conform (${seconds} s, ${casesPerSecond} cases per second)`,
    ...(ends.length > 0 ? ['', ...table([['Conforming, ended in', 'Cases'], ...ends], [1])] : []),
    ...(deviations.length > 0 ? ['', `${count(cases - conforming)} cases deviate`, ...table(places, [3])] : []),
    ...(withoutAmount > 0 ? ['', `${count(withoutAmount)} cases have no amount in the log; their claims stand with 0.01`] : []),
    '',
  ].join('\n')
}

const count = (of: number): string => of.toLocaleString('en')

/** Columns as wide as their widest cell; `numbers`: the columns set flush right. */
function table(rows: readonly (readonly string[])[], numbers: readonly number[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]!.length))
  const cell = (text: string, column: number) => (numbers.includes(column) ? text.padStart(width(column)) : text.padEnd(width(column)))
  return rows.map((row) => row.map(cell).join('  ').trimEnd())
}
