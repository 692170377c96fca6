import { randomUUID } from 'node:crypto'
import { macOf } from '../../src/audit/chain.js'
import { notesIn, readCheckpoint, signedCheckpoint, writtenNote } from '../../src/audit/checkpoint.js'
import type { Key, Keyring } from '../../src/audit/keyring.js'
import type { CheckpointFile } from '../../src/audit/verification/checkpoint-check.js'
import type { FindingKind } from '../../src/audit/verification/finding.js'
import type { Querier } from '../../src/persistence/pool.js'
import { type Forged, Forger } from './forger.js'
import { testKeys } from './keys.js'
import { checkpointed, ProofFile } from './proof.js'

/** Which entry of its case, or what the kind has of the same order. */
export const wheres = ['first', 'middle', 'last'] as const
export type Where = (typeof wheres)[number]
/** `before` the newest checkpoint, so that one covers the entry; or after it. */
export const whens = ['before', 'after'] as const
export type When = (typeof whens)[number]

/** Three cases of six entries each that checkpoints cover, and three behind the newest; there are three checkpoints. */
export interface Scene {
  readonly db: Querier
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly file: string
}
/** What was done to the history. */
export interface Deed {
  /** What the verifier must say, each of these. */
  readonly expected: readonly FindingKind[]
  /** The entry that one of them must name; absent: the deed is of no one entry. */
  readonly entry?: { readonly stream: string; readonly sequence: number }
  /** What is outside the database afterwards, and which keys there are, where the deed touched them. */
  readonly files?: readonly CheckpointFile[]
  readonly keys?: Keyring
  /** What a rollback does not undo. */
  readonly undo?: string
}
export interface Attack {
  readonly name: string
  readonly how: (scene: Scene, where: Where, when: When) => Promise<Deed>
}

const entries = 6
const order = (where: Where): number => wheres.indexOf(where)
const pick = <T>(where: Where, of: readonly [T, T, T]): T => of[order(where)]!
const sequenceOf = (where: Where): number => pick(where, [1, 3, entries])
const caseOf = (scene: Scene, where: Where, when: When): string => scene[when][order(where)]!
const streamOf = (id: string): string => `case:${id}`
const other = (scene: Scene, where: Where, when: When): string => scene[when][(order(where) + 1) % 3]!
const ownFile = (text: string | null): CheckpointFile[] => [{ name: 'checkpoints.txt', text, isOwn: true }]

/** A change of one entry by plain SQL, with the triggers off and on again. */
const sqlOn = (name: string, set: string, expected: readonly FindingKind[]): Attack => ({
  name,
  how: async (scene, where, when) => {
    const entry = { stream: streamOf(caseOf(scene, where, when)), sequence: sequenceOf(where) }
    await new Forger(scene.db).unguarded(() =>
      scene.db.query(`update audit_entry set ${set} where stream = $1 and sequence = $2`, [entry.stream, entry.sequence]),
    )
    return { expected, entry }
  },
})
/** A case's stream written anew with everything repaired that can be without the keys. `at`: the first entry that cannot. */
const forgedStream = (name: string, change: (all: Forged[], index: number) => Forged[], at: (sequence: number) => number = (sequence) => sequence): Attack => ({
  name,
  how: async (scene, where, when) => {
    const id = caseOf(scene, where, when)
    const forger = new Forger(scene.db)
    await forger.unguarded(async () => {
      await forger.rewrite(streamOf(id), change(await forger.stream(streamOf(id)), sequenceOf(where) - 1))
      await forger.settle(id)
      await forger.relog()
    })
    return { expected: ['MAC_WRONG'], entry: { stream: streamOf(id), sequence: at(sequenceOf(where)) } }
  },
})
const retold = (entry: Forged, told: object): Forged => ({ ...entry, told: { ...entry.told, ...told } })
/** Of two neighbours, from the index on where there is one behind it. */
const swapped = (all: Forged[], index: number): Forged[] => {
  const [one, two] = neighbours(index)
  return all.map((entry, at) => (at === one ? retold(all[two]!, {}) : at === two ? retold(all[one]!, {}) : entry))
}
const neighbours = (index: number): readonly [number, number] => (index + 1 < entries ? [index, index + 1] : [index - 1, index])

/** A checkpoint covers what was taken away, or what was spent and told of it stays behind. */
const missed = (when: When): FindingKind[] => (when === 'before' ? ['ROOT_WRONG'] : ['EVENT_UNRECORDED'])

const removeCase = async (db: Querier, id: string): Promise<void> => {
  await db.query('delete from audit_entry where case_id = $1', [id])
  for (const table of ['form_version', 'task', 'timer', 'case_participant', 'commitment', 'ask'])
    await db.query(`delete from ${table} where case_id = $1`, [id])
  await db.query('delete from service_case where id = $1', [id])
}

const ofEntries: readonly Attack[] = [
  sqlOn('the text of an entry', `content = replace(content, '"requestId":"test"', '"requestId":"tesT"')`, ['HASH_WRONG']),
  sqlOn('the actor of an entry', `actor_id = (select id from employee where login = 'cs-director-1')`, ['COLUMN_WRONG']),
  sqlOn(
    'the moment of an entry',
    `recorded_at = recorded_at - interval '1 ms', content = replace(content, content::jsonb ->> 'recordedAt', to_char((recorded_at - interval '1 ms') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`,
    ['HASH_WRONG'],
  ),
  {
    name: 'the text of an entry and its hash',
    how: async (scene, where, when) => {
      const entry = { stream: streamOf(caseOf(scene, where, when)), sequence: sequenceOf(where) }
      const forger = new Forger(scene.db)
      const changed = (await forger.stream(entry.stream)).map((one, index) => (index === entry.sequence - 1 ? retold(one, { requestId: 'other' }) : one))
      await forger.unguarded(async () => {
        const { rows } = await scene.db.query('select * from audit_entry where stream = $1 and sequence > $2', [entry.stream, entry.sequence])
        await forger.rewrite(entry.stream, changed)
        // The entries behind it stay as they were.
        for (const row of rows)
          await scene.db.query('update audit_entry set content = $3, previous_hash = $4, hash = $5, mac = $6 where stream = $1 and sequence = $2', [
            ...[row.stream, row.sequence, row.content, row.previous_hash, row.hash, row.mac],
          ])
        await forger.relog()
      })
      return { expected: ['MAC_WRONG', where === 'last' ? 'HEAD_WRONG' : 'CHAIN_BROKEN'], entry }
    },
  },
  {
    name: 'an entry deleted',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const sequence = sequenceOf(where)
      await new Forger(scene.db).unguarded(() => scene.db.query('delete from audit_entry where stream = $1 and sequence = $2', [streamOf(id), sequence]))
      return where === 'last'
        ? { expected: ['HEAD_WRONG', 'LEAF_UNRECORDED'] }
        : { expected: ['SEQUENCE_GAP', 'LEAF_UNRECORDED'], entry: { stream: streamOf(id), sequence: sequence + 1 } }
    },
  },
  {
    // First: all of them; last: one.
    name: 'the end of a case deleted',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const forger = new Forger(scene.db)
      await forger.unguarded(async () => {
        await scene.db.query('delete from audit_entry where stream = $1 and sequence >= $2', [streamOf(id), sequenceOf(where)])
        await forger.relog()
      })
      return { expected: [where === 'first' ? 'CASE_WITHOUT_ENTRIES' : 'HEAD_WRONG'] }
    },
  },
  {
    // Two, three or five entries are left.
    name: 'the end of a case deleted, and its head set back',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const forger = new Forger(scene.db)
      await forger.unguarded(async () => {
        await scene.db.query('delete from audit_entry where stream = $1 and sequence > $2', [streamOf(id), pick(where, [2, 3, 5])])
        await scene.db.query('update service_case set outcome = null, closed_at = null where id = $1', [id])
        await forger.settle(id)
        await forger.relog()
      })
      return { expected: missed(when) }
    },
  },
  {
    name: 'all entries of a case deleted',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      await new Forger(scene.db).unguarded(() => scene.db.query('delete from audit_entry where case_id = $1', [id]))
      return { expected: ['CASE_WITHOUT_ENTRIES', 'LEAF_UNRECORDED'] }
    },
  },
  {
    name: 'a case and its entries deleted',
    how: async (scene, where, when) => {
      const forger = new Forger(scene.db)
      await forger.unguarded(async () => {
        await removeCase(scene.db, caseOf(scene, where, when))
        await forger.relog()
      })
      return { expected: missed(when) }
    },
  },
  {
    // With the log, and with its checkpoints.
    name: 'the history truncated',
    how: async ({ db }, where) => {
      await new Forger(db).unguarded(async () => {
        await db.query('truncate audit_entry cascade')
        if (where !== 'first') await db.query('truncate log_leaf, log_block')
        if (where === 'last') await db.query('truncate checkpoint')
      })
      return { expected: ['CASE_WITHOUT_ENTRIES', pick(where, ['LEAF_UNRECORDED', 'LOG_SHORT', 'CHECKPOINT_LOST'])] }
    },
  },
  {
    name: 'the history truncated with all cases',
    how: async ({ db }, where, when) => {
      await new Forger(db).unguarded(async () => {
        await db.query('truncate audit_entry, service_case cascade')
        if (where !== 'first') await db.query('truncate log_leaf, log_block')
        if (where === 'last') await db.query('truncate checkpoint')
        if (when === 'after') await db.query('truncate event, outbox, idempotency, role_assignment')
      })
      return { expected: [pick(where, ['LEAF_UNRECORDED', 'LOG_SHORT', 'CHECKPOINT_LOST'])] }
    },
  },
  {
    name: 'the numbers of two entries swapped',
    how: async (scene, where, when) => {
      const stream = streamOf(caseOf(scene, where, when))
      const [one, two] = neighbours(sequenceOf(where) - 1).map((index) => index + 1)
      await new Forger(scene.db).unguarded(async () => {
        const move = (from: number, to: number) =>
          scene.db.query('update audit_entry set sequence = $3 where stream = $1 and sequence = $2', [stream, from, to])
        await move(one!, 1000)
        await move(two!, one!)
        await move(1000, two!)
      })
      return { expected: ['COLUMN_WRONG', 'CHAIN_BROKEN'], entry: { stream, sequence: one! } }
    },
  },
  forgedStream('two entries swapped, everything behind them made anew', swapped, (sequence) => Math.min(sequence, entries - 1)),
  forgedStream('an entry put in, everything behind it made anew', (all, index) => [
    ...all.slice(0, index),
    { ...retold(all[index]!, { requestId: 'other' }), position: null },
    ...all.slice(index),
  ]),
  {
    // Of the acts, of the refusals, of the work on the tasks.
    name: 'an entry added at the end with a good hash',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const stream = pick(where, [streamOf(id), `attempts:${id}`, `work:${id}`])
      const forger = new Forger(scene.db)
      const all = await forger.stream(stream)
      await forger.unguarded(async () => {
        await forger.rewrite(stream, [...all, { ...retold(all.at(-1)!, { requestId: 'other' }), position: null }])
        await forger.settle(id)
        await forger.relog()
      })
      return { expected: ['MAC_WRONG'], entry: { stream, sequence: all.length + 1 } }
    },
  },
  forgedStream('an entry changed, everything behind it made anew', (all, index) =>
    all.map((one, at) => (at === index ? retold(one, { requestId: 'other' }) : one)),
  ),
  {
    name: 'an entry moved to another case, both made anew',
    how: async (scene, where, when) => {
      const [from, to] = [caseOf(scene, where, when), other(scene, where, when)]
      const forger = new Forger(scene.db)
      const [source, target] = [await forger.stream(streamOf(from)), await forger.stream(streamOf(to))]
      const index = sequenceOf(where) - 1
      await forger.unguarded(async () => {
        await scene.db.query('delete from audit_entry where stream = $1', [streamOf(from)])
        await forger.rewrite(streamOf(to), [...target, retold(source[index]!, { caseId: to })])
        await forger.rewrite(
          streamOf(from),
          source.filter((_, at) => at !== index),
        )
        for (const id of [from, to]) await forger.settle(id)
        await forger.relog()
      })
      return { expected: ['MAC_WRONG'], entry: { stream: streamOf(to), sequence: entries + 1 } }
    },
  },
  {
    name: 'an entry repeated at the end with its own hash and signature',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const forger = new Forger(scene.db)
      await forger.unguarded(async () => {
        const { rows } = await scene.db.query('select * from audit_entry where stream = $1 and sequence = $2', [streamOf(id), sequenceOf(where)])
        await scene.db.query(
          `insert into audit_entry overriding system value select (jsonb_populate_record(a, $3)).* from audit_entry a where stream = $1 and sequence = $2`,
          [
            streamOf(id),
            rows[0].sequence,
            { sequence: entries + 1, position: (await scene.db.query(`select nextval('audit_entry_position_seq') as next`)).rows[0].next },
          ],
        )
        await forger.settle(id)
        await forger.relog()
      })
      return { expected: ['COLUMN_WRONG', 'CHAIN_BROKEN'], entry: { stream: streamOf(id), sequence: entries + 1 } }
    },
  },
  {
    // By whoever can set the clock of the database and has the server sign: an act, a refusal, an opening.
    name: 'an entry added with the clock set back',
    how: async (scene, where, when) => {
      const id = caseOf(scene, where, when)
      const signed = new Forger(scene.db, testKeys.mac[0])
      const stream = pick(where, [streamOf(id), `attempts:${id}`, `access:${randomUUID()}`])
      const all = await signed.stream(where === 'last' ? streamOf(id) : stream)
      const early = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z')
      const late = { ...retold(all.at(-1)!, { recordedAt: early, occurredAt: early, forms: [] }), position: null }
      await signed.unguarded(async () => {
        await signed.rewrite(stream, where === 'last' ? [late] : [...all, late])
        await signed.settle(id)
        await signed.relog()
      })
      return {
        expected: ['BACKDATED', ...(where === 'last' ? [] : (['TIME_BACKWARDS'] as const))],
        entry: { stream, sequence: where === 'last' ? 1 : all.length + 1 },
      }
    },
  },
]

/** More entries than were lost. */
const goneOn = 80
/** The database as it was when the log had a size. */
async function setBack(db: Querier, size: number): Promise<void> {
  await db.query('delete from audit_entry where position in (select position from log_leaf where index >= $1)', [size])
  await db.query('delete from log_leaf where index >= $1', [size])
  const { rows } = await db.query(`select id from service_case c where not exists (select from audit_entry where stream = 'case:' || c.id)`)
  for (const { id } of rows) await removeCase(db, id)
  await db.query('delete from checkpoint where size > $1', [size])
  await db.query('truncate event, outbox, idempotency')
}

const ofState: readonly Attack[] = [
  {
    name: 'a case moved without an entry',
    how: async (scene, where, when) => {
      const set = pick(where, [
        `state = 'third'`,
        `outcome = 'rejected'`,
        `decisions = '[]' || jsonb_build_array(jsonb_set(decisions -> 0, '{personId}', to_jsonb(gen_random_uuid())))`,
      ])
      await scene.db.query(`update service_case set ${set} where id = $1`, [caseOf(scene, where, when)])
      return {
        expected: [where === 'last' ? 'DECISION_UNRECORDED' : 'CASE_DIVERGES'],
        entry: { stream: streamOf(caseOf(scene, where, when)), sequence: Number.NaN },
      }
    },
  },
  {
    // As of each of three checkpoints, while the file has a fourth; after: and worked on again.
    name: 'an older backup restored',
    how: async ({ db, file }, where, when) => {
      const outside = new ProofFile(file)
      await checkpointed(db, outside, { agoMs: 1_800_000 })
      const { rows } = await db.query('select size from checkpoint order by size')
      const forger = new Forger(db, testKeys.mac[0])
      await forger.unguarded(async () => {
        await setBack(db, Number(rows[order(where)].size))
        if (when === 'before') return
        const told = (await forger.stream('organisation')).at(-1)!
        for (let count = 0; count < goneOn; count++) await forger.rewrite(`access:${randomUUID()}`, [{ ...told, position: null }])
        await forger.relog()
      })
      return { expected: ['CHECKPOINT_LOST', when === 'before' ? 'LOG_SHORT' : 'ROOT_WRONG'], files: outside.files }
    },
  },
  {
    name: 'the positions of two entries swapped',
    how: async (scene, where, when) => {
      const stream = streamOf(caseOf(scene, where, when))
      const [one, two] = neighbours(sequenceOf(where) - 1).map((index) => index + 1)
      const forger = new Forger(scene.db)
      await forger.unguarded(async () => {
        const { rows } = await scene.db.query('select position from audit_entry where stream = $1 and sequence in ($2, $3) order by sequence', [
          stream,
          one,
          two,
        ])
        const all = await forger.stream(stream)
        const at = (index: number) => (index === one! - 1 ? rows[1].position : index === two! - 1 ? rows[0].position : all[index]!.position)
        await forger.rewrite(
          stream,
          all.map((entry, index) => ({ ...entry, position: at(index) })),
        )
        await forger.relog()
      })
      return { expected: when === 'before' ? ['POSITION_ORDER', 'ROOT_WRONG'] : ['POSITION_ORDER'], entry: { stream, sequence: two! } }
    },
  },
]

const ofGuards: readonly Attack[] = [
  {
    // Of entries, of forms, of leaves.
    name: 'a trigger switched off',
    how: async ({ db }, where, when) => {
      const table = pick(where, ['audit_entry', 'form_version', 'log_leaf'])
      const body = `begin if tg_op = 'DELETE' then return old; end if; return new; end`
      if (where === 'last' && when === 'after') await db.query(`create or replace function is_append_only() returns trigger language plpgsql as $$ ${body} $$`)
      else await db.query(`alter table ${table} ${when === 'before' ? 'disable' : 'enable'} trigger ${table}_no_change`)
      return { expected: [where === 'last' && when === 'after' ? 'GUARD_CHANGED' : 'GUARD_MISSING'] }
    },
  },
  {
    // Before: a role of the organisation is given, ended or taken away; after: the application's role of the database may more.
    name: 'a role granted by SQL',
    how: async ({ db }, where, when) => {
      const sql =
        when === 'before'
          ? pick(where, [
              `insert into role_assignment (id, employee_id, role) select gen_random_uuid(), id, 'GENERAL_MANAGER' from employee where login = 'technician-1'`,
              `update role_assignment set valid_to = clock_timestamp() where role = 'GENERAL_MANAGER'`,
              `delete from role_assignment where role = 'GENERAL_MANAGER'`,
            ])
          : pick(where, [
              'grant update (content) on audit_entry to countersign_app',
              'alter table log_leaf owner to countersign_app',
              'grant delete on checkpoint to public',
            ])
      await db.query(sql)
      return { expected: [when === 'before' ? 'ROLE_UNRECORDED' : 'PRIVILEGE_TOO_WIDE'] }
    },
  },
  {
    // Another table with the same columns and triggers, and one entry in it that is different.
    name: 'the table of entries replaced by another',
    how: async (scene, where, when) => {
      const entry = { stream: streamOf(caseOf(scene, where, when)), sequence: sequenceOf(where) }
      const { db } = scene
      await db.query('create table other (like audit_entry including all)')
      await db.query('insert into other overriding system value select * from audit_entry')
      await db.query('alter table audit_entry rename to audit_entry_old')
      await db.query('alter table other rename to audit_entry')
      await db.query('grant select, insert on audit_entry to countersign_app')
      for (const [event, scope] of [
        ['change', 'before update or delete on audit_entry for each row'],
        ['truncate', 'before truncate on audit_entry for each statement'],
      ]) {
        await db.query(`create trigger audit_entry_no_${event} ${scope} execute function audit_entry_is_append_only()`)
        await db.query(`alter table audit_entry enable always trigger audit_entry_no_${event}`)
      }
      const forger = new Forger(db)
      await db.query(`select setval(pg_get_serial_sequence('audit_entry', 'position'), (select max(position) from audit_entry))`)
      const all = (await forger.stream(entry.stream)).map((one, index) => (index === entry.sequence - 1 ? retold(one, { requestId: 'other' }) : one))
      await forger.unguarded(async () => {
        await forger.rewrite(entry.stream, all)
        await forger.settle(caseOf(scene, where, when))
        await forger.relog()
      })
      return { expected: ['MAC_WRONG'], entry }
    },
  },
  {
    // The sequence is begun again, set back to the middle, or by one.
    name: 'the sequence of positions set back',
    how: async ({ db }, where, when) => {
      const { rows } = await db.query('select last_value::int as last, (select max(position)::int from audit_entry) as highest from audit_entry_position_seq')
      const { last, highest } = rows[0]
      await db.query(`select setval('audit_entry_position_seq', $1, $2)`, [
        pick(where, [1, Math.ceil(highest / 2), highest - 1]),
        when === 'before' || where === 'last',
      ])
      return { expected: ['SEQUENCE_RESET'], undo: `select setval('audit_entry_position_seq', ${last})` }
    },
  },
]

const forged = (file: string, index: number, when: When): string => {
  const read = readCheckpoint(testKeys, notesIn(file)[index]!)!
  const stranger: Key = { ...testKeys.log[0]!, secret: Buffer.alloc(32, 9).toString('base64url') }
  return signedCheckpoint({ ...testKeys, ...(when === 'before' && { log: [stranger] }) }, { ...read, root: Buffer.alloc(32, 1) })
}
const ofProof: readonly Attack[] = [
  {
    // Before: a root in it is changed; after: a whole note is taken out, and text put in its place.
    name: 'the file of checkpoints edited',
    how: async ({ file }, where, when) => {
      const notes = notesIn(file)
      const note = notes[order(where)]!
      const root = note.split('\n')[2]!
      const text = when === 'before' ? file.replace(root, `${root[0] === 'A' ? 'B' : 'A'}${root.slice(1)}`) : file.replace(writtenNote(note), 'nothing\n')
      return {
        expected: [when === 'after' && where === 'last' ? 'CHECKPOINT_FILE_EDITED' : 'CHECKPOINT_UNSIGNED', 'CHECKPOINT_FILE_CUT'],
        files: ownFile(text),
      }
    },
  },
  {
    // The file is gone, empty, or cut; after: the table with it, but an auditor has a copy.
    name: 'the file of checkpoints deleted',
    how: async ({ file, db }, where, when) => {
      const text = pick(where, [null, '', writtenNote(notesIn(file)[0]!)])
      if (when === 'before') return { expected: [where === 'first' ? 'CHECKPOINT_FILE_MISSING' : 'CHECKPOINT_FILE_CUT'], files: ownFile(text) }
      await new Forger(db).unguarded(() => db.query('truncate checkpoint'))
      return { expected: ['CHECKPOINT_LOST'], files: [...ownFile(text), { name: 'auditor.txt', text: file, isOwn: false }] }
    },
  },
  {
    // Before: one that the log did not sign is shown to an auditor; after: the log signed two.
    name: 'two auditors are shown different logs',
    how: async ({ file }, where, when) => {
      const copy = forged(file, order(where), when)
      return {
        expected: when === 'before' ? ['CHECKPOINT_UNSIGNED'] : ['FORKED', 'ROOT_WRONG'],
        files: [...ownFile(file), { name: 'auditor.txt', text: writtenNote(copy), isOwn: false }],
      }
    },
  },
  {
    name: 'a key used again after it was retired',
    how: async (scene, where, when) => {
      const entry = { stream: streamOf(caseOf(scene, where, when)), sequence: sequenceOf(where) }
      const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
      const [first] = testKeys.mac
      const second: Key = { id: 'mac-2', secret: Buffer.alloc(32, 5).toString('base64url'), since: ago(3), retiredAt: null }
      await new Forger(scene.db).unguarded(async () => {
        // All signed with the key in use, but one.
        const { rows } = await scene.db.query('select position, hash from audit_entry where not (stream = $1 and sequence = $2)', [
          entry.stream,
          entry.sequence,
        ])
        await scene.db.query(
          `update audit_entry a set mac_key = 'mac-2', mac = given.mac from unnest($1::bigint[], $2::text[]) as given (position, mac) where a.position = given.position`,
          [rows.map(({ position }) => position), rows.map(({ hash }) => macOf(second, hash))],
        )
      })
      return { expected: ['KEY_RETIRED'], entry, keys: { ...testKeys, mac: [{ ...first!, retiredAt: ago(2) }, second] } }
    },
  },
]

export const attacks: readonly Attack[] = [...ofEntries, ...ofState, ...ofGuards, ...ofProof]
