import { type Findings, nowhere } from './finding.js'
import { type AppendOnly, appendOnly, shapes } from './shapes.js'

/** What the catalogue of the database says of these tables and of the application's role. */
export interface Catalogue {
  /** `enabled` as in pg_trigger: A is always. `definition` as PostgreSQL prints it, `body` of its function, `language` of that. */
  readonly triggers: readonly {
    readonly table: string
    readonly name: string
    readonly enabled: string
    readonly definition: string
    readonly body: string
    readonly language: string
  }[]
  /** Columns and primary key of each table, one text each. */
  readonly shapes: Readonly<Record<string, string>>
  /** What a rule or row security does to a statement, by table. */
  readonly detours: readonly { readonly table: string; readonly name: string }[]
  readonly role: string
  /** What the role may do to a table beyond adding and reading, as `UPDATE on audit_entry`. */
  readonly privileges: readonly string[]
  /** What else makes the role more than an application: `is superuser`, `owns form_version`, `is member of …`. */
  readonly powers: readonly string[]
  /** The highest position given, and the one that the sequence last gave. */
  readonly positions: { readonly highest: string | null; readonly last: string | null }
}

const bodies: Readonly<Record<string, string>> = {
  audit_entry: "begin raise exception 'audit_entry is append-only: % refused', tg_op using errcode = 'insufficient_privilege'; end",
  others: "begin raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege'; end",
}
const events = { no_change: 'BEFORE DELETE OR UPDATE', no_truncate: 'BEFORE TRUNCATE' } as const

/** What keeps the history from being changed, as the migrations made it. */
export function checkGuards(catalogue: Catalogue, findings: Findings): void {
  for (const table of appendOnly) {
    for (const [event, when] of Object.entries(events)) checkTrigger(catalogue, table, `${table}_${event}`, when, findings)
    for (const { name } of catalogue.triggers.filter((one) => one.table === table && !Object.keys(events).some((event) => one.name === `${table}_${event}`)))
      findings.add('GUARD_CHANGED', nowhere, `The table ${table} has a trigger ${name} that no migration made`)
    if (catalogue.shapes[table] !== shapes[table])
      findings.add(
        'SHAPE_CHANGED',
        nowhere,
        `The table ${table} has another shape than the migrations gave it: ${difference(catalogue.shapes[table], shapes[table])}`,
      )
  }
  for (const { table, name } of catalogue.detours) findings.add('GUARD_CHANGED', nowhere, `The table ${table} has ${name} that no migration made`)
  for (const power of [...catalogue.privileges.map((privilege) => `may ${privilege}`), ...catalogue.powers])
    findings.add('PRIVILEGE_TOO_WIDE', nowhere, `The application's role ${catalogue.role} ${power}`)
  const { highest, last } = catalogue.positions
  if (highest !== null && (last === null || BigInt(last) < BigInt(highest)))
    findings.add('SEQUENCE_RESET', { ...nowhere, position: highest }, `the sequence of positions stands at ${last ?? 'its beginning'}, below the highest one`)
}

function checkTrigger({ triggers }: Catalogue, table: AppendOnly, name: string, when: string, findings: Findings): void {
  const trigger = triggers.find((one) => one.table === table && one.name === name)
  if (!trigger) {
    findings.add('GUARD_MISSING', nowhere, `The trigger ${name} is not there: ${table} can be changed`)
    return
  }
  if (trigger.enabled !== 'A') findings.add('GUARD_MISSING', nowhere, `The trigger ${name} is not enabled always: ${table} can be changed`)
  const scope = when === events.no_change ? 'FOR EACH ROW' : 'FOR EACH STATEMENT'
  const isOurs =
    new RegExp(`^CREATE TRIGGER ${name} ${when} ON (\\w+\\.)?${table} ${scope} EXECUTE FUNCTION (\\w+\\.)?\\w+\\(\\)$`).test(trigger.definition) &&
    trigger.language === 'plpgsql' &&
    trigger.body.replace(/\s+/g, ' ').trim() === bodies[table === 'audit_entry' ? 'audit_entry' : 'others']
  if (!isOurs) findings.add('GUARD_CHANGED', nowhere, `The trigger ${name} or its function is not as the migrations made it`)
}

function difference(is: string | undefined, should: string | undefined): string {
  const [stands, wanted] = [is ?? '', should ?? ''].map((text) => text.split('; ').filter(Boolean))
  const lacks = wanted!.filter((part) => !stands!.includes(part))
  const more = stands!.filter((part) => !wanted!.includes(part))
  return [...lacks.map((part) => `it lacks ${part}`), ...more.map((part) => `it has ${part}`)].join(', ') || 'its columns stand in another order'
}
