import { randomUUID } from 'node:crypto'
import { hashOf, macOf } from '../../src/audit/chain.js'
import { keyInUse } from '../../src/audit/keyring.js'
import { Frontier, leafOf } from '../../src/audit/merkle.js'
import type { House } from './house.js'
import { testKeys } from './keys.js'

/** How many cases are inserted at once. */
const batch = 500

/**
 * Copies a case and its history until there are so many entries more: texts of other cases, chained, signed and put into the log as ours
 * are, with the forms and the roots of whole blocks. The log must be up to date.
 */
export async function grow(house: House, caseId: string, entries: number): Promise<void> {
  const { owner } = house
  const { rows: source } = await owner.query('select content from audit_entry where stream = $1 order by sequence', [`case:${caseId}`])
  const { number } = (await owner.query('select number from service_case where id = $1', [caseId])).rows[0]
  // The number stands in the text too: of a copy it is made of its id.
  const texts: string[] = source.map(({ content }) => content.replaceAll(number, `V-${caseId}`))
  const log = new GrowingLog(house)
  await log.begin()
  await owner.query('set session_replication_role = replica')
  for (let left = Math.ceil(entries / texts.length); left > 0; left -= batch)
    await insertCases(
      house,
      caseId,
      Array.from({ length: Math.min(batch, left) }, () => copyOf(texts, caseId)),
      log,
    )
  await owner.query('set session_replication_role = origin')
  await owner.query(`select setval('audit_entry_position_seq', (select max(position) from audit_entry))`)
  await owner.query('vacuum analyze audit_entry, log_leaf, log_block, service_case, form_version')
}

interface Copied {
  readonly caseId: string
  readonly entries: readonly { readonly content: string; readonly previousHash: string; readonly hash: string; readonly mac: string }[]
}
function copyOf(texts: readonly string[], source: string): Copied {
  const caseId = randomUUID()
  let previousHash = '0'.repeat(64)
  const entries = texts.map((text) => {
    const content = text.replaceAll(source, caseId)
    const hash = hashOf(content, previousHash)
    const entry = { content, previousHash, hash, mac: macOf(keyInUse(testKeys.mac), hash) }
    previousHash = hash
    return entry
  })
  return { caseId, entries }
}

async function insertCases({ owner }: House, source: string, cases: readonly Copied[], log: GrowingLog): Promise<void> {
  const rows = cases.flatMap(({ caseId, entries }) => entries.map((entry, index) => ({ ...entry, caseId, sequence: index + 1, position: log.nextPosition() })))
  await owner.query('begin')
  await owner.query(
    `insert into service_case select made.* from service_case c cross join unnest($2::uuid[], $3::text[]) as given (copy, head)
       cross join lateral jsonb_populate_record(c, jsonb_build_object('id', copy, 'number', 'V-' || copy, 'head_hash', head)) as made where c.id = $1`,
    [source, cases.map(({ caseId }) => caseId), cases.map(({ entries }) => entries.at(-1)!.hash)],
  )
  await owner.query(
    `insert into form_version select made.* from form_version f cross join unnest($2::uuid[]) as copy
       cross join lateral jsonb_populate_record(f, jsonb_build_object('case_id', copy)) as made where f.case_id = $1`,
    [source, cases.map(({ caseId }) => caseId)],
  )
  await owner.query(
    `insert into audit_entry (position, stream, sequence, case_id, content, previous_hash, hash, mac, process, action, result, actor_id, on_behalf_of_id, role_used, from_state,
       to_state, occurred_at, recorded_at, mac_key, aside, aside_salt, grant_id, customer_id, amount, reason_codes) overriding system value
     select g.position, 'case:' || g.id, g.sequence, g.id, g.content, g.previous, g.hash, g.mac, process, action, result, actor_id, on_behalf_of_id, role_used, from_state,
       to_state, occurred_at, recorded_at, mac_key, aside, aside_salt, grant_id, customer_id, amount, reason_codes
       from unnest($2::bigint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[]) as g (position, id, sequence, content, previous, hash, mac)
       join audit_entry t on t.stream = 'case:' || $1 and t.sequence = g.sequence`,
    [
      source,
      rows.map(({ position }) => position),
      rows.map(({ caseId }) => caseId),
      ...(['sequence', 'content', 'previousHash', 'hash', 'mac'] as const).map((column) => rows.map((row) => row[column])),
    ],
  )
  await log.add(rows)
  await owner.query('commit')
}

/** The log and its blocks, as far as they have come. */
class GrowingLog {
  #position = 0
  #index = 0
  readonly #levels = [
    { level: 8, tree: new Frontier() },
    { level: 16, tree: new Frontier() },
  ]
  constructor(readonly house: House) {}

  async begin(): Promise<void> {
    const { rows } = await this.house.owner.query('select hash, (select max(position)::int from audit_entry) as highest from log_leaf order by index')
    this.#position = rows[0].highest
    await this.#keepBlocks(rows.map(({ hash }) => hash))
  }
  nextPosition(): number {
    return ++this.#position
  }
  async add(entries: readonly { readonly position: number; readonly hash: string }[]): Promise<void> {
    const from = this.#index
    const leaves = entries.map(({ position, hash }) => leafOf(position, hash))
    await this.house.owner.query(
      'insert into log_leaf (index, position, hash) select $1::bigint + place - 1, position, hash from unnest($2::bigint[], $3::bytea[]) with ordinality as given (position, hash, place)',
      [from, entries.map(({ position }) => position), leaves],
    )
    await this.#keepBlocks(leaves)
  }
  async #keepBlocks(leaves: readonly Buffer[]): Promise<void> {
    for (const leaf of leaves) {
      this.#index++
      let node = leaf
      for (const one of this.#levels) {
        one.tree.add(node)
        if (one.tree.size < 256) break
        node = one.tree.root()
        one.tree = new Frontier()
        await this.house.owner.query('insert into log_block (level, index, hash) values ($1, $2, $3) on conflict do nothing', [
          one.level,
          this.#index / 2 ** one.level - 1,
          node,
        ])
      }
    }
  }
}
