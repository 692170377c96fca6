import { hashOf, macOf } from '../../src/audit/chain.js'
import type { Key } from '../../src/audit/keyring.js'
import { Frontier } from '../../src/audit/merkle.js'
import type { Querier } from '../../src/persistence/pool.js'

type Row = Record<string, any>
/** An entry that somebody makes up; the text is an object until it is written. */
export interface Forged {
  /** Null: a new one. */
  readonly position: string | null
  readonly told: Row
  readonly aside: unknown
  readonly asideSalt: string | null
}

/**
 * A superuser without the keys: switches the triggers off, changes what he likes, repairs hashes, columns, heads, leaves and blocks, and
 * switches the triggers on again. `key`: what he signs with; his own under the name of ours unless told.
 */
export class Forger {
  constructor(
    readonly db: Querier,
    readonly key: Key = { id: 'mac-1', secret: Buffer.alloc(32, 7).toString('base64url'), since: '2026-01-01T00:00:00.000Z', retiredAt: null },
  ) {}

  /** What is done here meets no trigger and no foreign key. */
  async unguarded(work: () => Promise<unknown>): Promise<void> {
    for (const [table, names] of guards) for (const name of names) await this.db.query(`alter table ${table} disable trigger ${name}`)
    await this.db.query('set local session_replication_role = replica')
    await work()
    await this.db.query('set local session_replication_role = origin')
    for (const [table, names] of guards) for (const name of names) await this.db.query(`alter table ${table} enable always trigger ${name}`)
  }

  async stream(stream: string): Promise<Forged[]> {
    const { rows } = await this.db.query('select position, content, aside, aside_salt from audit_entry where stream = $1 order by sequence', [stream])
    return rows.map(({ position, content, aside, aside_salt }) => ({ position, told: JSON.parse(content), aside, asideSalt: aside_salt }))
  }
  /** Writes a stream anew: numbers, hashes, signatures from the first changed entry on; columns as the texts say. */
  async rewrite(stream: string, entries: readonly Forged[]): Promise<void> {
    const before = (await this.db.query('select position, content, hash, mac, mac_key from audit_entry where stream = $1', [stream])).rows
    await this.db.query('delete from audit_entry where stream = $1', [stream])
    let previousHash = '0'.repeat(64)
    for (const [index, entry] of entries.entries()) {
      const told: Row = { ...entry.told, stream, sequence: index + 1 }
      const content = JSON.stringify(told)
      const hash = hashOf(content, previousHash)
      const same = before.find((row) => row.hash === hash)
      await this.#insert({ ...entry, told }, { content, previousHash, hash, mac: same?.mac ?? macOf(this.key, hash), macKey: same?.mac_key ?? this.key.id })
      previousHash = hash
    }
  }
  async #insert({ position, told, aside, asideSalt }: Forged, made: Row): Promise<void> {
    const codes = told['reasons'].map(({ code }: Row) => code)
    await this.db.query(
      `insert into audit_entry (position, stream, sequence, case_id, process, action, result, actor_id, on_behalf_of_id, role_used, from_state, to_state, occurred_at,
         recorded_at, content, previous_hash, hash, mac, mac_key, aside, aside_salt, grant_id, customer_id, amount, reason_codes)
       overriding system value
       values (coalesce($1, nextval('audit_entry_position_seq')), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
      [
        position,
        told['stream'],
        told['sequence'],
        told['caseId'],
        told['process'],
        told['action'],
        told['result'],
        told['actor'].id || null,
        told['onBehalfOfId'],
        told['roleUsed'],
        told['from'],
        told['to'],
        told['occurredAt'],
        told['recordedAt'],
        made['content'],
        made['previousHash'],
        made['hash'],
        made['mac'],
        made['macKey'],
        aside === null ? null : JSON.stringify(aside),
        asideSalt,
        told['grantId'],
        told['customerId'],
        told['amount'],
        codes.length === 0 ? null : [...new Set(codes)],
      ],
    )
  }
  /** The case stands where its history now ends; forms that nothing names any more are gone. */
  async settle(caseId: string): Promise<void> {
    await this.db.query(
      `update service_case c set version = a.sequence, head_hash = a.hash, state = coalesce(a.to_state, state), round = (a.content::jsonb ->> 'round')::int,
         decisions = coalesce((select jsonb_agg(d) from jsonb_array_elements(decisions) d where (d ->> 'sequence')::int <= a.sequence), '[]')
         from audit_entry a where c.id = $1 and a.stream = 'case:' || c.id and a.sequence = (select max(sequence) from audit_entry where stream = a.stream)`,
      [caseId],
    )
    await this.db.query('delete from form_version f using service_case c where c.id = f.case_id and c.id = $1 and f.sequence > c.version', [caseId])
  }
  /** Leaves and blocks of the entries as they now stand, in the old order, without a gap. */
  async relog(): Promise<void> {
    await this.db.query('create temporary table was on commit drop as select * from log_leaf')
    await this.db.query('delete from log_leaf')
    await this.db.query(
      `insert into log_leaf (index, position, hash) select row_number() over (order by w.index, a.position) - 1, a.position,
         sha256('\\x00'::bytea || convert_to(a.position || ' ' || a.hash, 'UTF8')) from audit_entry a left join was w on w.position = a.position`,
    )
    await this.db.query('drop table was')
    await this.reblock()
  }
  async reblock(): Promise<void> {
    const { rows } = await this.db.query('select hash from log_leaf order by index')
    await this.db.query('delete from log_block')
    for (let block = 0; (block + 1) * 256 <= rows.length; block++) {
      const tree = new Frontier()
      for (const { hash } of rows.slice(block * 256, (block + 1) * 256)) tree.add(hash)
      await this.db.query('insert into log_block (level, index, hash) values (8, $1, $2)', [block, tree.root()])
    }
  }
}

const guards = ['audit_entry', 'form_version', 'log_leaf', 'log_block', 'checkpoint'].map(
  (table) => [table, [`${table}_no_change`, `${table}_no_truncate`]] as const,
)
