import { type Around, type CaseEntry, checkCase } from './case-check.js'
import { caseIdIn, type Findings } from './finding.js'
import type { History } from './history.js'
import { type EntryRow, type Told, toldIn } from './told.js'

/** A case whose stream is being read. */
interface Gathered {
  readonly caseId: string
  readonly entries: CaseEntry[]
  isWhole: boolean
}
/** How many cases are looked up at once. */
const batch = 500

/** Gathers the entries of each case as they are read, and checks some hundred cases at a time. */
export class CaseBatches {
  count = 0
  notReplayed = 0
  readonly #history: History
  readonly #around: Omit<Around, 'isCase'>
  readonly #findings: Findings
  #gathered: Gathered[] = []
  constructor(history: History, around: Omit<Around, 'isCase'>, findings: Findings) {
    this.#history = history
    this.#around = around
    this.#findings = findings
  }

  add({ stream, sequence, position, hash, aside }: EntryRow, told: Told | null): void {
    const caseId = stream.startsWith('case:') ? caseIdIn(stream) : null
    if (caseId === null) return
    if (this.#gathered.at(-1)?.caseId !== caseId) this.#gathered.push({ caseId, entries: [], isWhole: true })
    const last = this.#gathered.at(-1)!
    if (told === null) last.isWhole = false
    else last.entries.push({ stream, sequence, position, hash, aside, told })
  }
  /** Checks what is whole, once there is enough of it: more entries of the last case may follow. */
  async flush(): Promise<void> {
    if (this.#gathered.length > batch) await this.#check(this.#gathered.splice(0, this.#gathered.length - 1))
  }
  async end(): Promise<void> {
    await this.#check(this.#gathered.splice(0))
  }

  async #check(gathered: readonly Gathered[]): Promise<void> {
    const ids = gathered.map(({ caseId }) => caseId)
    const records = new Map((await this.#history.cases(ids)).map((row) => [row.id, row]))
    const forms = Map.groupBy(await this.#history.forms(ids), ({ caseId }) => caseId)
    const told = gathered.flatMap(({ entries }) => entries.map((entry) => entry.told))
    const links = told.flatMap(({ links }) => links.flatMap(({ caseId }) => caseId ?? []))
    const linked = new Set((await this.#history.cases(links.filter((id) => caseIdIn(`case:${id}`)))).map(({ id }) => id))
    const work = Map.groupBy(await this.#history.work(ids), ({ caseId }) => caseId)
    const around = { ...this.#around, isCase: (id: string) => linked.has(id) }
    for (const { caseId, entries, isWhole } of gathered) {
      const beside = (work.get(caseId) ?? []).flatMap(({ content, ...entry }) => {
        const told = toldIn(content)
        return told ? [{ ...entry, told }] : []
      })
      const dossier = { caseId, entries, isWhole, record: records.get(caseId) ?? null, forms: forms.get(caseId) ?? [], work: beside }
      this.count++
      if (!checkCase(dossier, around, this.#findings) && dossier.record) this.notReplayed++
    }
  }
}
